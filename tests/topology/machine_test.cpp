#include <algorithm>
#include <cstddef>
#include <set>

#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include <nearmem/topology/machine.hpp>
#include <nearmem/topology/procfs.hpp>

namespace nearmem {
namespace {

TEST(machine, discovers_this_one) {
  const machine here = machine::discover();
  if (!here.is_live()) GTEST_SKIP() << "hwloc is told to load another machine";
  ASSERT_FALSE(here.nodes().empty());
  std::size_t bytes = 0;
  for (const numa_node& node : here.nodes())
    bytes += node.bytes;
  EXPECT_GT(bytes, 0);
  EXPECT_EQ(here.page_bytes(), static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)));
  EXPECT_GE(here.interference_bytes(), here.line_bytes());
}

TEST(machine, discovers_only_nodes_that_this_process_may_use) {
  const machine here = machine::discover();
  const node_set allowed = allowed_nodes().value_or(node_set{});
  if (allowed.empty() || !here.is_live()) GTEST_SKIP() << "nothing to compare with";
  for (const numa_node& node : here.nodes())
    EXPECT_TRUE(allowed.contains(node.id));
  EXPECT_EQ(here.limits().allowed_nodes, allowed);
}

TEST(machine, has_a_node_for_every_cpu) {
  const machine here = machine::discover();
  for (unsigned cpu : {0U, 1U, 4095U, 4000000000U}) {
    EXPECT_NE(here.find(here.node_of_cpu(cpu)), nullptr) << cpu;
  }
  const int cpu = ::sched_getcpu();
  ASSERT_GE(cpu, 0);
  EXPECT_NE(here.find(here.node_of_cpu(static_cast<unsigned>(cpu))), nullptr);
}

TEST(machine, discovers_the_same_twice) {
  const machine one = machine::discover();
  const machine two = machine::discover();
  EXPECT_EQ(one.node_numbers(), two.node_numbers());
  EXPECT_EQ(one.caches().size(), two.caches().size());
  EXPECT_EQ(&machine::process(), &machine::process());
  EXPECT_EQ(machine::process().node_numbers(), one.node_numbers());
}

TEST(machine, shares_its_description_among_copies) {
  const machine one = machine::from_synthetic("numa:2 pu:2");
  const machine two = one;
  EXPECT_EQ(one.nodes().data(), two.nodes().data());
}

TEST(machine, knows_where_each_node_stands) {
  const machine sparse = machine::from_synthetic("numa:3(indexes=0,2,5) pu:2");
  for (std::size_t i = 0; i < sparse.nodes().size(); ++i)
    EXPECT_EQ(sparse.position_of(sparse.nodes()[i].id), i);
  for (unsigned other : {1U, 3U, 6U, 4000000000U})
    EXPECT_EQ(sparse.position_of(node_id{other}), sparse.nodes().size());
}

TEST(machine, falls_back_over_every_node_once) {
  const machine here = machine::discover();
  for (const numa_node& node : here.nodes()) {
    const auto order = here.fallback_order(node.id);
    EXPECT_EQ(order.front(), node.id);
    EXPECT_EQ(std::set<node_id>(order.begin(), order.end()).size(), here.nodes().size());
  }
}

}  // namespace
}  // namespace nearmem
