#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <nearmem/topology/node_id.hpp>
#include <nearmem/topology/node_matrix.hpp>

namespace nearmem {

// Nanoseconds that were measured, and by how much of themselves they vary; of no size if none were.
struct measured_latencies {
  node_matrix nanoseconds{};
  std::size_t noise_percent = 0;
};

// For each of `nodes` (ascending by number) a row of all of them, nearest first, and one more row
// in ascending order for a node that is none of them.
//
// A row is ordered by latency where the latency of every node is known or can be estimated, else by
// distance where every distance is known, else by number; equals by number. The kernel states
// latencies only from each target's nearest CPUs; for the others latency is estimated by how much
// farther they are: latency from the nearest * own distance / distance of the nearest. (ACPI 6.5,
// 5.2.17: distances are latencies relative to the local one, which is 10.)
//
// A row whose latencies were measured, or can be estimated from measured ones, is ordered by those:
// latencies no further above the least of their group than the noise count as equal, and equals are
// ordered by distance, then by number.
//
// Private to topology/. O(n^2 log n).
std::vector<node_id> fallback_orders(std::span<const node_id> nodes, const node_matrix& latencies,
                                     const node_matrix& distances,
                                     const measured_latencies& measured = {});

}  // namespace nearmem
