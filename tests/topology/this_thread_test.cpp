#include <optional>
#include <thread>

#include <gtest/gtest.h>
#include <sched.h>

#include <nearmem/topology/this_thread.hpp>

namespace nearmem {
namespace {

constexpr node_id node_0{0};
constexpr node_id node_1{1};

TEST(this_thread, runs_where_getcpu_says) {
  const machine& here = machine::process();
  if (!here.is_live()) GTEST_SKIP() << "hwloc is told to load another machine";
  // The thread may be moved between asking the one and the other, but not every time.
  bool agreed = false;
  for (int attempt = 0; attempt < 100 && !agreed; ++attempt) {
    unsigned cpu = 0;
    unsigned node = 0;
    ASSERT_EQ(::getcpu(&cpu, &node), 0);
    const node_id expected = here.find(node_id{node}) ? node_id{node} : here.node_of_cpu(cpu);
    agreed = this_thread::node() == expected && this_thread::node(here) == here.node_of_cpu(cpu);
  }
  EXPECT_TRUE(agreed);
}

TEST(this_thread, runs_on_the_first_node_of_a_simulated_machine) {
  EXPECT_EQ(this_thread::node(machine::from_synthetic("pack:2 [numa(indexes=4,2)] pu:1")),
            node_id{2});
}

TEST(this_thread, runs_where_it_is_assumed_to) {
  const machine four = machine::from_synthetic("numa:4 pu:1");
  const this_thread::assumed_node outer(node_id{3});
  EXPECT_EQ(this_thread::node(four), node_id{3});
  {
    const this_thread::assumed_node inner(node_1);
    EXPECT_EQ(this_thread::node(four), node_1);
  }
  EXPECT_EQ(this_thread::node(four), node_id{3});
}

TEST(this_thread, is_not_assumed_on_nodes_that_the_machine_lacks) {
  const machine two = machine::from_synthetic("numa:2 pu:1");
  const this_thread::assumed_node elsewhere(node_id{1000});
  EXPECT_EQ(this_thread::node(two), node_0);
  EXPECT_NE(this_thread::node(), node_id{1000});
}

TEST(this_thread, assumes_for_itself_alone) {
  const machine two = machine::from_synthetic("numa:2 pu:1");
  const this_thread::assumed_node mine(node_1);
  node_id other = node_1;
  std::thread([&] { other = this_thread::node(two); }).join();
  EXPECT_EQ(other, node_0);
  EXPECT_EQ(this_thread::node(two), node_1);
}

TEST(this_thread, may_be_assumed_on_a_node_of_this_machine) {
  const node_id last = machine::process().nodes().back().id;
  const this_thread::assumed_node mine(last);
  EXPECT_EQ(this_thread::node(), last);
}

}  // namespace
}  // namespace nearmem
