#include <vector>

#include <gtest/gtest.h>

#include <nearmem/accounting/budget.hpp>
#include <nearmem/alloc/page_account.hpp>

#include "tests/alloc/simulated_machine.hpp"

namespace nearmem {
namespace {

class page_source_grants : public testing::Test {
 protected:
  void fill_up(node_id node, std::size_t left_bytes = 0) {
    simulated.kernel.set_node_bytes(node, simulated.kernel.resident_bytes(node) + left_bytes);
  }
  // Whether every page lies on the node whose turn it is, and which nodes take turns.
  void expect_turns(page_run run, const node_set& over) {
    const auto spread = source.spread_of(run);
    ASSERT_TRUE(spread.has_value());
    EXPECT_EQ(spread->over, over);
    for (std::size_t at = 0; at < run.bytes; at += source.page_bytes()) {
      ASSERT_EQ(simulated.kernel.node_of(run.data + at), spread->node_of(run.data + at));
    }
  }

  simulated_machine simulated;
  page_source source = simulated.make();
  const node_set set{node_id{1}, node_id{2}, node_id{5}};
};

TEST_F(page_source_grants, know_whose_turn_every_interleaved_page_is) {
  for (const std::size_t bytes : {std::size_t{1}, 3 * mebibyte, mebibyte / 4}) {
    const page_grant grant = source.acquire({.bytes = bytes, .where = placement::interleave(set)});
    ASSERT_TRUE(grant.run);
    expect_turns(grant.run, set);
    EXPECT_EQ(grant.node, source.spread_of(grant.run)->node_of(grant.run.data));
    source.release(grant.run);
  }
}

TEST_F(page_source_grants, know_the_turns_of_older_kernels_too) {
  simulated_machine older;
  older.kernel.set_turn_bits(32);
  page_source pages = older.make();
  for (const bool huge_pages : {false, true}) {
    const page_grant grant = pages.acquire(
        {.bytes = 8 * mebibyte, .where = placement::interleave(set), .huge_pages = huge_pages});
    ASSERT_TRUE(grant.run);
    const page_spread spread = *pages.spread_of(grant.run);
    EXPECT_EQ(spread.over, set);
    for (std::size_t at = 0; at < grant.run.bytes; at += pages.page_bytes())
      ASSERT_EQ(older.kernel.node_of(grant.run.data + at), spread.node_of(grant.run.data + at));
    pages.release(grant.run);
  }
}

TEST_F(page_source_grants, give_a_node_as_many_pages_in_a_row_as_it_weighs) {
  node_weights weights;
  weights.by_number[2] = 5;
  simulated.kernel.set_weights(weights);
  for (const bool huge_pages : {false, true}) {
    const page_grant grant = source.acquire({.bytes = 14 * mebibyte,
                                             .where = placement::weighted_interleave(set),
                                             .huge_pages = huge_pages});
    ASSERT_TRUE(grant.run);
    EXPECT_EQ(grant.outcome, binding_outcome::preferred);
    expect_turns(grant.run, set);
    EXPECT_EQ(simulated.kernel.resident_bytes(node_id{2}), 10 * mebibyte);
    source.release(grant.run);
  }
}

TEST_F(page_source_grants, follow_weights_that_change_and_find_what_older_ones_spread) {
  node_weights weights;
  weights.by_number[1] = 4;
  simulated.kernel.set_weights(weights);
  const page_request request{.bytes = mebibyte, .where = placement::weighted_interleave(set)};
  const page_grant before = source.acquire(request);
  weights.by_number[5] = 7;
  simulated.kernel.set_weights(weights);
  const page_grant after = source.acquire(request);
  for (const page_grant& grant : {before, after}) {
    ASSERT_TRUE(grant.run);
    EXPECT_EQ(grant.outcome, binding_outcome::preferred);
    expect_turns(grant.run, set);
  }
  source.release(before.run);
  source.release(after.run);
}

TEST_F(page_source_grants, leave_a_full_node_out_of_weighted_turns) {
  node_weights weights;
  weights.by_number[2] = 9;
  simulated.kernel.set_weights(weights);
  fill_up(node_id{2}, 3 * source.page_bytes());
  const page_grant grant =
      source.acquire({.bytes = mebibyte, .where = placement::weighted_interleave(set)});
  ASSERT_TRUE(grant.run);
  EXPECT_EQ(grant.outcome, binding_outcome::preferred);
  expect_turns(grant.run, {node_id{1}, node_id{5}});
  source.release(grant.run);
}

TEST_F(page_source_grants, take_equal_turns_and_say_so_where_the_kernel_has_no_weights) {
  EXPECT_EQ(source.probe(placement::weighted_interleave(set)), binding_outcome::unsupported);
  const page_grant grant =
      source.acquire({.bytes = mebibyte, .where = placement::weighted_interleave(set)});
  ASSERT_TRUE(grant.run);
  EXPECT_EQ(grant.outcome, binding_outcome::unsupported);
  expect_turns(grant.run, set);
  EXPECT_EQ(source.spread_of(grant.run)->weights, nullptr);
  source.release(grant.run);
}

TEST_F(page_source_grants, have_huge_chunks_take_turns) {
  const page_grant grant = source.acquire(
      {.bytes = 8 * mebibyte, .where = placement::interleave(set), .huge_pages = true});
  ASSERT_TRUE(grant.run);
  expect_turns(grant.run, set);
  for (std::size_t chunk = 0; chunk < 8 * mebibyte; chunk += page_source::chunk_bytes) {
    EXPECT_EQ(simulated.kernel.node_of(grant.run.data + chunk),
              simulated.kernel.node_of(grant.run.data + chunk + page_source::chunk_bytes - 1));
  }
  source.release(grant.run);
}

TEST_F(page_source_grants, leave_a_full_node_out_of_the_turns) {
  fill_up(node_id{2}, 3 * source.page_bytes());
  const page_grant grant = source.acquire({.bytes = mebibyte, .where = placement::interleave(set)});
  ASSERT_TRUE(grant.run);
  EXPECT_EQ(grant.outcome, binding_outcome::preferred);
  expect_turns(grant.run, {node_id{1}, node_id{5}});
  source.release(grant.run);
  EXPECT_EQ(simulated.kernel.resident_bytes(node_id{2}), 0u);
}

TEST_F(page_source_grants, spill_where_all_whose_turn_it_is_are_full) {
  std::vector<page_run> first;
  for (const node_id node : set) {
    first.push_back(source.acquire({.bytes = 1, .where = placement::bind(node)}).run);
    fill_up(node);
  }
  const page_grant grant = source.acquire({.bytes = mebibyte, .where = placement::interleave(set)});
  ASSERT_TRUE(grant.run);
  EXPECT_FALSE(set.contains(grant.node));
  EXPECT_EQ(source.home_of(grant.run.data), grant.node);
  EXPECT_EQ(source.spread_of(grant.run), std::nullopt);
  EXPECT_EQ(source.spilled(node_id{1}, grant.node), mebibyte);
  source.release(grant.run);
  for (const page_run run : first)
    source.release(run);
}

TEST_F(page_source_grants, put_a_first_touched_run_on_one_node) {
  simulated.kernel.set_running_node(node_id{3});
  const this_thread::assumed_node here(node_id{3});
  fill_up(node_id{3}, 10 * source.page_bytes());
  const page_grant grant = source.acquire({.bytes = mebibyte, .where = placement::first_touch()});
  ASSERT_TRUE(grant.run);
  for (std::size_t at = 0; at < mebibyte; at += source.page_bytes())
    ASSERT_EQ(simulated.kernel.node_of(grant.run.data + at), grant.node);
  EXPECT_EQ(source.spilled(node_id{3}, grant.node), mebibyte);
  source.release(grant.run);
}

TEST_F(page_source_grants, are_for_local_memory_in_turns_where_the_process_was_started_so) {
  simulated.kernel.set_inherited_policy({memory_policy::kind::interleave, set});
  page_source inherited = simulated.make();
  const page_grant grant = inherited.acquire({.bytes = mebibyte});
  ASSERT_TRUE(grant.run);
  EXPECT_EQ(grant.outcome, binding_outcome::denied);
  EXPECT_EQ(inherited.spread_of(grant.run)->over, set);
  inherited.release(grant.run);
}

TEST_F(page_source_grants, are_for_local_memory_by_weight_where_the_process_was_started_so) {
  node_weights weights;
  weights.by_number[5] = 2;
  simulated.kernel.set_weights(weights);
  simulated.kernel.set_inherited_policy({memory_policy::kind::weighted_interleave, set});
  page_source inherited = simulated.make();
  const page_grant grant = inherited.acquire({.bytes = 4 * inherited.page_bytes()});
  ASSERT_TRUE(grant.run);
  EXPECT_EQ(grant.outcome, binding_outcome::denied);
  std::size_t on_the_heavy = 0;
  for (std::size_t page = 0; page < 4; ++page) {
    const void* const data = grant.run.data + page * inherited.page_bytes();
    if (simulated.kernel.node_of(data) == node_id{5}) ++on_the_heavy;
  }
  EXPECT_EQ(on_the_heavy, 2u);
  inherited.release(grant.run);
}

TEST_F(page_source_grants, say_that_a_bound_node_has_left_the_cpuset) {
  const placement bound = placement::bind(node_id{2});
  source.release(source.acquire({.bytes = 1, .where = bound}).run);
  const page_grant kept = source.acquire({.bytes = 1, .where = bound});
  node_set left = simulated.hardware.node_numbers();
  left.erase(node_id{2});
  simulated.kernel.set_allowed_nodes(left);
  source.release(kept.run);
  const page_grant refused = source.acquire({.bytes = 1, .where = bound});
  EXPECT_EQ(refused.failure, page_failure::bind_refused);
  EXPECT_EQ(refused.outcome, binding_outcome::no_such_node);
}

TEST_F(page_source_grants, are_booked_on_every_node_that_has_a_share) {
  page_account account({.where = placement::interleave(set), .pages = &source});
  std::vector<page_run> runs;
  for (const std::size_t pages : {1u, 7u, 600u, 2u}) {
    runs.push_back(account.acquire(pages * source.page_bytes()).run);
    for (const numa_node& node : simulated.hardware.nodes()) {
      // The source's own books lie on nodes too.
      std::size_t bytes = 0;
      for (const page_run run : runs) {
        for (std::size_t at = 0; at < run.bytes; at += source.page_bytes())
          bytes += simulated.kernel.node_of(run.data + at) == node.id ? source.page_bytes() : 0;
      }
      EXPECT_EQ(account.usage(node.id).footprint, bytes) << to_number(node.id);
      EXPECT_EQ(account.usage(node.id).spilled, 0u);
    }
    EXPECT_TRUE(account.audit());
  }
  for (const page_run run : runs)
    account.release(run);
  EXPECT_EQ(account.footprint(), 0u);
  EXPECT_EQ(account.usage(node_id{1}).footprint, 0u);
}

TEST_F(page_source_grants, are_charged_to_every_node_that_has_a_share) {
  budget payer("pages", 64 * mebibyte);
  {
    page_account account({.where = placement::interleave(set), .budget = &payer, .pages = &source});
    const page_run run = account.acquire(mebibyte).run;
    for (const node_id node : set)
      EXPECT_EQ(payer.used(node), account.usage(node).footprint);
    // A node that may not take its share: everything is as it was.
    payer.set_node_limit(node_id{5}, payer.used(node_id{5}) + source.page_bytes());
    const std::size_t used = payer.used();
    const page_grant refused = account.acquire(mebibyte);
    EXPECT_EQ(refused.failure, page_failure::budget);
    EXPECT_EQ(payer.used(), used);
    for (const node_id node : set)
      EXPECT_EQ(payer.used(node), account.usage(node).footprint);
    account.release(run);
  }
  EXPECT_EQ(payer.used(), 0u);
}

}  // namespace
}  // namespace nearmem
