#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include <nearmem/topology/cpu_set.hpp>
#include <nearmem/topology/node_id.hpp>
#include <nearmem/topology/numa_node.hpp>
#include <nearmem/topology/package.hpp>

namespace nearmem {

// A node that exists but that the cpuset keeps from this process, although it may leave it the
// CPUs.
struct barred_node {
  cpu_set cpus;
  std::vector<std::optional<std::size_t>> distances;  // to each usable node, by position
};

// The memory node nearest to each of `cpus` CPUs, by number: its own, DRAM before HBM; for one
// whose own node is barred, the usable node at the smallest distance from that; else the first node
// of its package; else the first of all. Nodes without memory serve only if no node has any.
//
// Requires a usable node. Private to topology/. O(CPUs * nodes).
std::vector<node_id> nearest_nodes(std::size_t cpus, std::span<const numa_node> usable,
                                   std::span<const package> packages,
                                   std::span<const barred_node> barred);

}  // namespace nearmem
