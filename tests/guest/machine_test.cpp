// What the library says of the machine against what the guest's kernel says of it.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/topology/machine.hpp>
#include <nearmem/topology/this_thread.hpp>

#include "on_node.hpp"

namespace nearmem {
namespace {

TEST(guest_machine, has_the_nodes_that_the_process_may_use) {
  const machine here = machine::discover();
  ASSERT_TRUE(here.is_live());
  std::vector<node_id> with_memory;
  for (const numa_node& node : here.nodes()) {
    if (node.bytes != 0) with_memory.push_back(node.id);
  }
  EXPECT_EQ(with_memory, allowed_memory_nodes());
  for (const node_id node : with_memory) {
    EXPECT_EQ(here.find(node)->bytes, kernel_total_bytes(node)) << to_number(node);
  }
}

TEST(guest_machine, knows_which_nodes_have_cpus) {
  const machine here = machine::discover();
  for (const numa_node& node : here.nodes()) {
    EXPECT_EQ(std::vector<unsigned>(node.cpus.begin(), node.cpus.end()), allowed_cpus_of(node.id))
        << to_number(node.id);
    if (cpus_of(node.id).empty()) {
      EXPECT_EQ(node.kind, memory_kind::memory_only) << to_number(node.id);
    }
  }
}

TEST(guest_machine, knows_the_distances) {
  const machine here = machine::discover();
  for (const numa_node& from : here.nodes()) {
    for (const numa_node& to : here.nodes()) {
      // A machine of one node has no distances to tell.
      if (here.nodes().size() == 1) continue;
      EXPECT_EQ(here.distance(from.id, to.id), kernel_distance(from.id, to.id))
          << to_number(from.id) << " to " << to_number(to.id);
    }
  }
}

bool latencies_are_stated() {
  return std::ranges::all_of(allowed_memory_nodes(),
                             [](node_id node) { return kernel_latency(node) != 0; });
}

TEST(guest_machine, knows_the_latencies_that_the_firmware_states) {
  const machine here = machine::discover();
  for (const node_id to : allowed_memory_nodes()) {
    const auto told = here.latency_nanoseconds(nearest_cpus(to), to);
    EXPECT_EQ(told.value_or(0), kernel_latency(to)) << to_number(to);
  }
}

TEST(guest_machine, falls_back_to_the_nearest_node) {
  const machine here = machine::discover();
  const std::vector<node_id> nodes = allowed_memory_nodes();
  const bool stated = latencies_are_stated();
  for (const node_id from : nodes) {
    // By latency, which is stated from the nearest CPUs and as much more from others as they are
    // farther; where none is stated by distance.
    const auto cost = [&](node_id to) -> std::size_t {
      if (to == from) return 0;
      const std::size_t distance = kernel_distance(from, to);
      if (!stated) return distance;
      return kernel_latency(to) * distance / kernel_distance(nearest_cpus(to), to);
    };
    std::vector<node_id> expected = nodes;
    std::ranges::sort(expected, {}, [&](node_id to) { return std::pair(cost(to), to); });
    std::vector<node_id> order;
    for (const node_id node : here.fallback_order(from)) {
      if (std::ranges::count(nodes, node) != 0) order.push_back(node);
    }
    EXPECT_EQ(order, expected) << "from " << to_number(from);
  }
}

TEST(guest_machine, knows_the_node_of_every_thread) {
  const machine here = machine::discover();
  const std::vector<node_id> memory = allowed_memory_nodes();
  for (const node_id node : nodes_to_run_on()) {
    const bool usable = std::ranges::count(memory, node) != 0;
    // A node that may not be used, or has no memory: the nearest that may and has.
    const node_id expected = usable ? node : nearest_first(node, memory).front();
    on_node(node, [&] {
      const node_id found = this_thread::node();
      // A node without memory may be of the machine and then is the thread's.
      EXPECT_TRUE(found == expected || (found == node && here.find(node) != nullptr))
          << "on " << to_number(node) << " found " << to_number(found);
    });
    for (const unsigned cpu : allowed_cpus_of(node)) {
      const node_id found = here.node_of_cpu(cpu);
      EXPECT_TRUE(found == expected || (found == node && here.find(node) != nullptr)) << cpu;
    }
  }
}

}  // namespace
}  // namespace nearmem
