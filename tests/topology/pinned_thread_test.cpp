#include <algorithm>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sched.h>

#include <nearmem/topology/pinned_thread.hpp>
#include <nearmem/topology/this_thread.hpp>

namespace nearmem {
namespace {

// The CPUs that the calling thread may run on.
cpu_set affinity() {
  ::cpu_set_t mask;
  CPU_ZERO(&mask);
  EXPECT_EQ(::sched_getaffinity(0, sizeof mask, &mask), 0);
  std::vector<unsigned> cpus;
  for (unsigned cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &mask)) cpus.push_back(cpu);
  }
  return cpu_set(std::move(cpus));
}

bool within(const cpu_set& part, const cpu_set& whole) {
  return std::includes(whole.begin(), whole.end(), part.begin(), part.end());
}

TEST(pinned_thread, runs_on_the_nodes_cpus_and_returns) {
  const machine here = machine::discover();
  if (!here.is_live()) GTEST_SKIP() << "hwloc is told to load another machine";
  const cpu_set before = affinity();
  int pinned = 0;
  for (const numa_node& node : here.nodes()) {
    {
      const pinned_thread pin(here, node.id);
      if (node.cpus.empty()) {
        EXPECT_EQ(pin.outcome(), pin_outcome::no_cpus);
        continue;
      }
      if (!pin) {
        EXPECT_EQ(pin.outcome(), pin_outcome::denied);
        EXPECT_EQ(affinity(), before);
        continue;
      }
      ++pinned;
      EXPECT_EQ(pin.outcome(), pin_outcome::pinned);
      EXPECT_TRUE(within(affinity(), node.cpus));
      EXPECT_TRUE(node.cpus.contains(static_cast<unsigned>(::sched_getcpu())));
      EXPECT_EQ(this_thread::node(here), here.node_of_cpu(*node.cpus.begin()));
    }
    EXPECT_EQ(affinity(), before);
  }
  EXPECT_GT(pinned, 0);
}

TEST(pinned_thread, nests) {
  const machine here = machine::discover();
  if (!here.is_live()) GTEST_SKIP() << "hwloc is told to load another machine";
  const cpu_set before = affinity();
  {
    const pinned_thread outer(here, here.nodes().front().id);
    const cpu_set between = affinity();
    {
      const pinned_thread inner(here, here.nodes().back().id);
    }
    EXPECT_EQ(affinity(), between);
  }
  EXPECT_EQ(affinity(), before);
}

TEST(pinned_thread, pins_its_own_thread_alone) {
  const machine here = machine::discover();
  const cpu_set before = affinity();
  std::thread([&] { const pinned_thread pin(here, here.nodes().front().id); }).join();
  EXPECT_EQ(affinity(), before);
}

TEST(pinned_thread, says_why_it_is_not_pinned) {
  const cpu_set before = affinity();
  const machine two = machine::from_synthetic("numa:2 pu:1");
  const pinned_thread simulated(two, node_id{1});
  EXPECT_EQ(simulated.outcome(), pin_outcome::simulated);
  EXPECT_FALSE(simulated);
  EXPECT_EQ(pinned_thread(two, node_id{2}).outcome(), pin_outcome::no_such_node);
  EXPECT_EQ(pinned_thread(machine::discover(), node_id{1023}).outcome(), pin_outcome::no_such_node);
  EXPECT_EQ(affinity(), before);
}

TEST(pinned_thread, is_spelled_as_it_is_named) {
  EXPECT_EQ(to_string(pin_outcome::pinned), "pinned");
  EXPECT_EQ(to_string(pin_outcome::simulated), "simulated");
  EXPECT_EQ(to_string(pin_outcome::no_such_node), "no_such_node");
  EXPECT_EQ(to_string(pin_outcome::no_cpus), "no_cpus");
  EXPECT_EQ(to_string(pin_outcome::denied), "denied");
}

TEST(pinned_thread, runs_on_chosen_cpus) {
  const machine here = machine::discover();
  if (!here.is_live()) GTEST_SKIP() << "hwloc is told to load another machine";
  const cpu_set before = affinity();
  for (const unsigned cpu : before) {
    const pinned_thread pin(here, cpu_set({cpu}));
    if (pin.outcome() == pin_outcome::denied) continue;
    EXPECT_EQ(pin.outcome(), pin_outcome::pinned);
    EXPECT_EQ(::sched_getcpu(), static_cast<int>(cpu));
  }
  EXPECT_EQ(affinity(), before);
  EXPECT_EQ(pinned_thread(here, cpu_set()).outcome(), pin_outcome::no_cpus);
  EXPECT_EQ(pinned_thread(here, cpu_set({4000000000U})).outcome(), pin_outcome::denied);
}

}  // namespace
}  // namespace nearmem
