#include "examples/fullnode/node_life.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "examples/fullnode/block_generator.hpp"
#include "examples/fullnode/input_error.hpp"
#include "tests/examples/sample_blocks.hpp"
#include "tests/examples/simulated_pages.hpp"

namespace nearmem::fullnode {
namespace {

// Blocks that a test made.
class given_blocks final : public block_source {
 public:
  explicit given_blocks(std::deque<raw_bytes> given) : left_(std::move(given)) {}

  std::optional<serialized_block> next(node_allocator memory) override {
    if (left_.empty()) return std::nullopt;
    raw_bytes first = std::move(left_.front());
    left_.pop_front();
    return serialized_block{byte_string(first.begin(), first.end(), memory), "given", 0};
  }

 private:
  std::deque<raw_bytes> left_;
};

life_report lived(block_source& source, const placement& where = {}, page_source* pages = nullptr) {
  node_life life(where, pages);
  while (life.live_next(source)) {
  }
  return life.report();
}

void expect_all_hold(const life_report& report) {
  EXPECT_GE(report.identities.size(), 10u);
  for (const identity& each : report.identities)
    EXPECT_TRUE(each.holds) << each.name;
}

std::size_t objects(const life_report& report, const std::string& name) {
  for (const component_report& each : report.components) {
    if (each.name == name) return each.objects;
  }
  ADD_FAILURE() << "no component " << name;
  return 0;
}

sample_transaction spend(const hash256& id, std::int64_t value) {
  return {{{{id, 0}, raw_bytes(107, std::byte{1})}}, {{value, raw_bytes(25, std::byte{2})}}};
}

TEST(node_life, counts_what_comes_by) {
  sample_transaction first = sample_coinbase(1);
  sample_transaction second = sample_coinbase(2);
  sample_transaction a = spend(id_of(first), 4'000);         // of the block before
  sample_transaction b = spend(id_of(a), 3'000);             // of the same block
  sample_transaction c = spend(hash256{{std::byte{1}}}, 1);  // of nobody knows where
  given_blocks source({serialized_block_of({first}), serialized_block_of({second, a, b, c})});
  life_report report = lived(source);
  expect_all_hold(report);
  EXPECT_EQ(report.blocks, 2u);
  EXPECT_EQ(report.transactions, 5u);
  EXPECT_EQ(report.inputs, 5u);
  EXPECT_EQ(report.outputs, 5u);
  EXPECT_EQ(report.coins_spent, 2u);
  EXPECT_EQ(report.coins_missing, 1u);
  EXPECT_EQ(report.coins_added, 5u);
  EXPECT_EQ(report.fees_unknown, 1u) << "the fee of b is known by its parent, which waits";
  EXPECT_EQ(objects(report, "block"), 4u);
  EXPECT_EQ(objects(report, "mempool"), 3u) << "the coinbase does not wait";
  EXPECT_EQ(objects(report, "coins"), 3u);
}

TEST(node_life, does_not_know_fees_that_do_not_add_up) {
  constexpr std::int64_t all_money = 2'100'000'000'000'000;
  sample_transaction first = sample_coinbase(1, 1'000);
  sample_transaction more = spend(id_of(first), 1'001);
  sample_transaction negative = spend(id_of(more), -5);
  sample_transaction after_negative = spend(id_of(negative), 0);
  sample_transaction too_much = spend(id_of(after_negative), all_money + 1);
  sample_transaction largest = spend(id_of(too_much), INT64_MAX);
  largest.outputs.push_back(largest.outputs[0]);
  given_blocks source(
      {serialized_block_of({first, more, negative, after_negative, too_much, largest})});
  life_report report = lived(source);
  expect_all_hold(report);
  EXPECT_EQ(report.fees_unknown, 5u);
}

TEST(node_life, survives_transactions_that_come_twice) {
  sample_transaction first = sample_coinbase(1);
  sample_transaction a = spend(id_of(first), 1);
  // Not beside one another, or they would be refused as a repeated end.
  given_blocks source(
      {serialized_block_of({first, a, spend(hash256{}, 2), a}), serialized_block_of({first, a})});
  life_report report = lived(source);
  expect_all_hold(report);
  EXPECT_EQ(report.transactions, 6u);
  EXPECT_EQ(objects(report, "mempool"), 1u);
}

TEST(node_life, of_no_blocks_holds_nothing) {
  given_blocks source({});
  life_report report = lived(source);
  expect_all_hold(report);
  EXPECT_EQ(report.totals.footprint, 0u);
  EXPECT_EQ(report.committed, 0u);
}

TEST(node_life, ends_with_a_bad_block) {
  raw_bytes bad = serialized_block_of({sample_coinbase(2)}, hash256{});
  given_blocks source({serialized_block_of({sample_coinbase(1)}), bad});
  simulated_pages pages;
  {
    node_life life({}, &pages.source);
    EXPECT_TRUE(life.live_next(source));
    EXPECT_THROW(life.live_next(source), input_error);
  }
  EXPECT_EQ(pages.source.own_usage().committed, pages.source.own_usage().footprint);
}

TEST(node_life, is_placed_where_it_is_told_on_any_machine) {
  simulated_pages pages;
  const node_id third{2};
  block_generator source({5, 3, 60});
  life_report report = lived(source, placement::preferred(third), &pages.source);
  expect_all_hold(report);
  for (const component_report& each : report.components) {
    ASSERT_EQ(each.nodes.size(), 1u) << each.name;
    EXPECT_EQ(each.nodes[0].node, third);
  }
  EXPECT_EQ(report.rss_growth, std::nullopt);
}

TEST(node_life, is_accounted_for_by_node_when_a_node_is_full) {
  simulated_pages pages("numa:2(memory=64MB) core:2 pu:1");
  pages.kernel.set_node_bytes(node_id{0}, std::size_t{1} << 20);
  block_generator source({5, 4, 300});
  life_report report = lived(source, placement::preferred(node_id{0}), &pages.source);
  expect_all_hold(report);
  ASSERT_EQ(report.totals.nodes.size(), 2u);
  EXPECT_EQ(report.totals.nodes[0].footprint + report.totals.nodes[1].footprint,
            report.totals.footprint);
}

// Memory is refused at the n-th request, for n = 0, 1, 2, ... until a life goes through.
TEST(node_life, gives_everything_back_wherever_memory_runs_out) {
  for (std::size_t n = 0;; ++n) {
    ASSERT_LT(n, 2000u);
    simulated_pages pages("numa:1(memory=64MB) core:1 pu:1");
    pages.kernel.fail(kernel_call::populate, n, ENOMEM);
    bool lived_through = false;
    try {
      block_generator source({5, 2, 40});
      life_report report = lived(source, {}, &pages.source);
      expect_all_hold(report);
      lived_through = true;
    } catch (const std::bad_alloc&) {
    }
    EXPECT_EQ(pages.source.own_usage().committed, pages.source.own_usage().footprint) << n;
    EXPECT_EQ(pages.source.own_usage().committed, pages.kernel.resident_bytes()) << n;
    if (lived_through && !pages.kernel.has_failed()) break;
  }
}

}  // namespace
}  // namespace nearmem::fullnode
