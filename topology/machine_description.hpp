#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nearmem/topology/cache.hpp>
#include <nearmem/topology/cpu_set.hpp>
#include <nearmem/topology/limits.hpp>
#include <nearmem/topology/measurements.hpp>
#include <nearmem/topology/node_matrix.hpp>
#include <nearmem/topology/node_set.hpp>
#include <nearmem/topology/numa_node.hpp>
#include <nearmem/topology/package.hpp>

namespace nearmem {

// What a machine is, flattened: plain arrays, indexed by position in `nodes` or by CPU number.
// Private to topology/; a machine shares one, unchanged, among its copies.
struct machine_description {
  std::vector<numa_node> nodes;  // ascending by number, not empty
  node_set numbers;              // those of `nodes`
  std::vector<package> packages;
  std::vector<cache> caches;
  std::vector<cpu_set> cores;
  process_limits limits;

  node_matrix distances;          // as the firmware states them: 10 is local
  node_matrix latencies;          // nanoseconds, as the firmware states them
  node_matrix bandwidths;         // MiB per second, as the firmware states them
  std::vector<node_id> fallback;  // a row of all nodes for each node, then one by number

  std::vector<std::uint32_t> position_of;  // by node number; no_position where there is none
  std::vector<node_id> node_of_cpu;        // by CPU number

  std::size_t line_bytes = 64;
  std::size_t interference_bytes = 64;
  bool live = false;

  std::optional<measurements> measured;
  node_matrix measured_latencies;  // what `measured` says, by position
  node_matrix measured_bandwidths;
  std::string refused_measurements;  // why those that the environment names are not used

  // hwloc's own topology, kept for to_xml(); of a type that only hwloc_import.cpp knows.
  std::shared_ptr<void> source;

  static constexpr std::uint32_t no_position = ~std::uint32_t{0};
};

}  // namespace nearmem
