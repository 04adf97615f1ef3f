#include <algorithm>
#include <atomic>
#include <cstddef>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nearmem/accounting/budget.hpp>
#include <nearmem/accounting/open_metrics.hpp>
#include <nearmem/accounting/statistics_json.hpp>
#include <nearmem/accounting/statistics_table.hpp>
#include <nearmem/alloc/arena.hpp>
#include <nearmem/alloc/snapshot.hpp>
#include <nearmem/alloc/unsynchronized_slab_resource.hpp>

#include "tests/alloc/simulated_machine.hpp"

namespace nearmem {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

resource_options options_for(std::string name, page_source& pages, budget* payer = nullptr,
                             placement where = {}) {
  resource_options options;
  options.name = std::move(name);
  options.pages = &pages;
  options.budget = payer;
  options.where = where;
  return options;
}

std::vector<std::string> names(const statistics& all) {
  std::vector<std::string> result;
  for (const resource_statistics& one : all.resources) {
    result.push_back(one.name + '#' + std::to_string(one.instance));
  }
  return result;
}

const budget_statistics& find_budget(const statistics& all, const std::string& path) {
  return *std::find_if(all.budgets.begin(), all.budgets.end(),
                       [&](const budget_statistics& one) { return one.path == path; });
}

void expect_sums(const statistics& all) {
  std::size_t named = 0;
  for (const resource_statistics& one : all.resources) {
    EXPECT_EQ(one.usage.footprint, one.usage.charged + one.usage.unused + one.usage.metadata);
    named += one.usage.footprint;
  }
  EXPECT_EQ(all.pages.named, named);
  EXPECT_EQ(all.pages.committed, all.pages.named + all.pages.unnamed + all.pages.own);
}

TEST(snapshot, describes_the_machine_and_its_nodes) {
  simulated_machine machine;
  page_source pages = machine.make();
  const statistics all = snapshot(pages);
  EXPECT_FALSE(all.machine.live);
  EXPECT_EQ(all.machine.page_bytes, 4096);
  ASSERT_EQ(all.nodes.size(), 8);
  EXPECT_EQ(all.machine.memory_bytes, 8 * all.nodes[0].memory_bytes);
  EXPECT_EQ(all.nodes[3].node, node_id{3});
  EXPECT_EQ(all.nodes[3].kind, "dram");
  EXPECT_EQ(all.nodes[3].cpus, "6-7");
  EXPECT_EQ(all.nodes[3].fallback_order.size(), 8);
  EXPECT_EQ(all.nodes[3].fallback_order[0], node_id{3});
  EXPECT_EQ(all.nodes[3].policy, to_string(pages.probe(placement::preferred(node_id{3}))));
}

TEST(snapshot, adds_up_to_what_the_source_has_committed) {
  simulated_machine machine;
  page_source pages = machine.make();
  unsynchronized_slab_resource a(options_for("a", pages));
  unsynchronized_slab_resource b(
      options_for("b", pages, nullptr, placement::preferred(node_id{5})));
  unsynchronized_slab_resource nameless(options_for("", pages));
  std::vector<void*> blocks;
  for (int i = 0; i < 1000; ++i)
    blocks.push_back(a.allocate(100));
  void* const large = b.allocate(100'000);
  void* const hidden = nameless.allocate(50'000);

  const statistics all = snapshot(pages);
  expect_sums(all);
  EXPECT_EQ(all.pages.committed, pages.own_usage().committed);
  EXPECT_EQ(all.pages.named, a.footprint() + b.footprint());
  EXPECT_EQ(all.pages.unnamed, nameless.footprint());
  ASSERT_THAT(names(all), ElementsAre("a#1", "b#1"));
  EXPECT_EQ(all.resources[0].usage, a.usage());
  EXPECT_EQ(all.resources[1].usage, b.usage());
  EXPECT_EQ(all.nodes[5].footprint, b.footprint());
  ASSERT_EQ(all.resources[1].nodes.size(), 1);
  EXPECT_EQ(all.resources[1].nodes[0].first, node_id{5});
  EXPECT_EQ(all.resources[1].nodes[0].second, b.usage(node_id{5}));

  for (void* block : blocks)
    a.deallocate(block, 100);
  b.deallocate(large, 100'000);
  nameless.deallocate(hidden, 50'000);
}

TEST(snapshot, has_a_line_for_each_size_class_and_each_arena) {
  simulated_machine machine;
  page_source pages = machine.make();
  unsynchronized_slab_resource slabs(options_for("slabs", pages));
  void* const small = slabs.allocate(60);
  void* const medium = slabs.allocate(1000);
  arena bump(options_for("arena", pages));
  static_cast<void>(bump.allocate(100));

  const statistics all = snapshot(pages);
  ASSERT_EQ(all.resources.size(), 2);
  const auto& classes = all.resources[0].description.size_classes;
  ASSERT_EQ(classes.size(), 2);
  std::size_t in_use = 0;
  for (const size_class_usage& one : classes) {
    EXPECT_EQ(one.used, 1);
    EXPECT_EQ(one.used + one.free, one.cells);
    EXPECT_EQ(one.slabs, 1);
    in_use += one.used * one.cell_bytes;
  }
  EXPECT_EQ(in_use, slabs.usage().charged);
  const auto& arenas = all.resources[1].description.arenas;
  ASSERT_EQ(arenas.size(), 1);
  EXPECT_EQ(arenas[0].blocks, 1);
  EXPECT_EQ(arenas[0].block_bytes, bump.footprint());
  EXPECT_NE(arenas[0].cursor, nullptr);
  EXPECT_LT(arenas[0].cursor, arenas[0].end);

  slabs.deallocate(small, 60);
  slabs.deallocate(medium, 1000);
}

TEST(snapshot, tells_resources_of_one_name_apart) {
  simulated_machine machine;
  page_source pages = machine.make();
  const unsynchronized_slab_resource first(options_for("memtable", pages));
  const unsynchronized_slab_resource second(options_for("memtable", pages));
  const unsynchronized_slab_resource odd(options_for("bad \xFF", pages));
  const unsynchronized_slab_resource odder(options_for("bad \xFE", pages));
  EXPECT_THAT(names(snapshot(pages)),
              ElementsAre("memtable#1", "memtable#2", "bad \uFFFD#1", "bad \uFFFD#2"));
}

TEST(snapshot, leaves_out_what_takes_from_another_source) {
  simulated_machine machine;
  page_source pages = machine.make();
  simulated_machine other_machine("numa:2(memory=64MB) core:1 pu:1");
  page_source others = other_machine.make();
  const unsynchronized_slab_resource mine(options_for("mine", pages));
  const unsynchronized_slab_resource theirs(options_for("theirs", others));
  EXPECT_THAT(names(snapshot(pages)), ElementsAre("mine#1"));
  EXPECT_THAT(names(snapshot(others)), ElementsAre("theirs#1"));
}

TEST(snapshot, shows_budgets_with_what_lies_on_each_node) {
  simulated_machine machine;
  page_source pages = machine.make();
  budget process("snapshot process", std::size_t{1} << 50);
  budget part("part", 10 * mebibyte, &process);
  part.set_node_limit(node_id{2}, mebibyte);
  unsynchronized_slab_resource slabs(
      options_for("slabs", pages, &part, placement::preferred(node_id{1})));
  void* const block = slabs.allocate(500'000);

  const statistics all = snapshot(pages);
  EXPECT_EQ(all.resources[0].budget, "snapshot process/part");
  EXPECT_TRUE(find_budget(all, "snapshot process").beyond_machine);
  const budget_statistics& shown = find_budget(all, "snapshot process/part");
  EXPECT_FALSE(shown.beyond_machine);
  EXPECT_EQ(shown.used, slabs.footprint());
  ASSERT_EQ(shown.nodes.size(), 2);
  EXPECT_EQ(shown.nodes[0].node, node_id{1});
  EXPECT_EQ(shown.nodes[0].used, slabs.footprint());
  EXPECT_EQ(shown.nodes[1].limit, mebibyte);
  slabs.deallocate(block, 500'000);
}

TEST(snapshot, shows_what_was_spilled_from_which_node_to_which) {
  simulated_machine machine;
  machine.kernel.set_node_bytes(node_id{0}, mebibyte);
  page_source pages = machine.make();
  unsynchronized_slab_resource slabs(
      options_for("slabs", pages, nullptr, placement::preferred(node_id{0})));
  void* const block = slabs.allocate(2 * mebibyte);
  const statistics all = snapshot(pages);
  ASSERT_EQ(all.spills.size(), 1);
  EXPECT_EQ(all.spills[0].from, node_id{0});
  EXPECT_EQ(all.spills[0].granted, pages.spilled(node_id{0}, all.spills[0].to));
  EXPECT_EQ(all.resources[0].nodes.back().second.spilled, 2 * mebibyte);
  slabs.deallocate(block, 2 * mebibyte);
}

TEST(snapshot, of_the_process_is_printed_in_three_ways) {
  resource_options options;
  options.name = "three ways";
  unsynchronized_slab_resource slabs(options);
  void* const block = slabs.allocate(100);
  const statistics all = snapshot();
  expect_sums(all);
  EXPECT_THAT(to_table(all), HasSubstr("three ways"));
  EXPECT_THAT(to_json(all), HasSubstr("\"three ways\""));
  EXPECT_THAT(to_open_metrics(all), HasSubstr("{resource=\"three ways\",instance=\"1\"}"));
  slabs.deallocate(block, 100);
}

TEST(snapshot, comes_out_while_threads_allocate_and_resources_come_and_go) {
  simulated_machine machine;
  page_source pages = machine.make();
  budget process("snapshot race", 16 * mebibyte);
  std::atomic<bool> done{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      while (!done) {
        unsynchronized_slab_resource mine(options_for("racer", pages, &process));
        std::vector<void*> blocks;
        for (std::size_t j = 0; j < 200; ++j)
          blocks.push_back(mine.allocate(1000 + j));
        for (std::size_t j = 0; j < 200; ++j)
          mine.deallocate(blocks[j], 1000 + j);
      }
    });
  }
  for (int i = 0; i < 200; ++i) {
    const statistics all = snapshot(pages);
    expect_sums(all);
    EXPECT_LE(find_budget(all, "snapshot race").used, 16 * mebibyte);
    for (const resource_statistics& one : all.resources)
      EXPECT_EQ(one.name, "racer");
  }
  done = true;
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_EQ(process.used(), 0);
}

}  // namespace
}  // namespace nearmem
