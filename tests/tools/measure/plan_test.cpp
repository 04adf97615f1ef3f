#include "tools/measure/plan.hpp"

#include <chrono>
#include <cmath>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/measure/pace.hpp"

namespace nearmem::measure {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(plan, goes_beyond_the_largest_cache) {
  const machine hardware = machine::from_synthetic("numa:1 l3:1(size=33554432) core:2 pu:1");
  EXPECT_EQ(whole_effort(hardware).largest_footprint, 128 << 20);
  EXPECT_EQ(quick_effort(hardware).largest_footprint, 64 << 20);
  const machine bare = machine::from_synthetic("numa:1 core:2 pu:1");
  EXPECT_EQ(whole_effort(bare).node_footprint, 64 << 20);
  EXPECT_LT(quick_effort(bare).rounds.time, std::chrono::seconds(10));
  EXPECT_LT(whole_effort(bare).rounds.time, std::chrono::minutes(3));
}

TEST(plan, takes_one_cpu_of_each_core) {
  const machine hardware = machine::from_synthetic("pack:2 [numa] core:2 pu:2");
  EXPECT_THAT(one_cpu_a_core(hardware, node_id{0}), ElementsAre(0, 2));
  EXPECT_THAT(one_cpu_a_core(hardware, node_id{1}), ElementsAre(4, 6));
  EXPECT_THAT(one_cpu_a_core(hardware, node_id{5}), IsEmpty());
}

TEST(plan, knows_nodes_without_cpus) {
  const machine hardware =
      machine::from_xml(NEARMEM_SOURCES "/tests/topology/data/memory_tiers.xml");
  EXPECT_LT(nodes_with_cpus(hardware).size(), nodes_with_memory(hardware).size());
}

TEST(plan, leaves_a_node_most_of_its_memory) {
  const machine small = machine::from_synthetic("numa:1(memory=67108864) pu:1");
  EXPECT_GE(affordable(small, node_id{0}, 1 << 30), std::size_t{2} << 20);
  EXPECT_EQ(affordable(small, node_id{9}, 1 << 30), std::size_t{2} << 20);
  EXPECT_EQ(affordable(small, node_id{0}, 1), std::size_t{2} << 20);
}

TEST(pace, finds_how_often_to_do_it_and_keeps_to_that) {
  pace timed(1e6);
  std::vector<std::size_t> asked;
  const auto run = [&](std::size_t times) -> std::optional<double> {
    asked.push_back(times);
    return 10.0;
  };
  EXPECT_EQ(timed(run), 10.0);
  const std::size_t found = timed.times();
  EXPECT_EQ(found, 100'001);
  EXPECT_EQ(asked.back(), found);
  const std::size_t runs = asked.size();
  EXPECT_EQ(timed(run), 10.0);
  EXPECT_EQ(asked.size(), runs + pace::goes);
  EXPECT_EQ(asked.back(), found);
}

TEST(pace, takes_the_best_of_several_goes) {
  pace timed(1e6);
  static_cast<void>(timed([](std::size_t) -> std::optional<double> { return 10.0; }));
  std::vector<double> left = {13, NAN, 11, 12, 90, 17, NAN, 12};
  ASSERT_EQ(left.size(), pace::goes);
  const auto next = [&](std::size_t) -> std::optional<double> {
    const double each = left.back();
    left.pop_back();
    return each;
  };
  EXPECT_EQ(timed(next), 11.0);
}

TEST(pace, loses_patience_where_goes_take_long) {
  pace timed(1e3);
  std::size_t runs = 0;
  const auto slow = [&](std::size_t times) -> std::optional<double> {
    ++runs;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    return 2e6 / static_cast<double>(times);
  };
  EXPECT_GT(timed(slow), 0);
  EXPECT_EQ(runs, 2);  // one to find the pace by
}

TEST(pace, does_more_where_the_first_go_was_slow) {
  pace timed(1e6);
  double each = 1e5;
  const auto run = [&](std::size_t) -> std::optional<double> { return std::exchange(each, 10.0); };
  EXPECT_EQ(timed(run), 10.0);
  EXPECT_EQ(timed.times(), 100'001);
}

TEST(pace, passes_on_what_cannot_be_timed) {
  pace timed(1e6);
  EXPECT_FALSE(timed([](std::size_t) -> std::optional<double> { return std::nullopt; }));
  EXPECT_TRUE(std::isnan(*timed([](std::size_t) -> std::optional<double> { return NAN; })));
}

}  // namespace
}  // namespace nearmem::measure
