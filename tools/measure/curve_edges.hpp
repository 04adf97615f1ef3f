#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "tools/measure/comparison.hpp"

namespace nearmem::measure {

// A latency at a footprint.
struct curve_point {
  std::size_t bytes = 0;
  figure value{};
};

// Where a curve of latencies rises: what holds `bytes`, the last footprint before the rise, does
// not hold the next.
struct curve_edge {
  std::size_t bytes = 0;
  comparison rise{};
};

// The edges of a curve, ascending by footprint. A rise that goes on over several points is one
// edge, where it is steepest, unless it flattens to less than half its steepness in between.
// Rises of less than 15 % are none; one whose noise exceeds it is undecided. O(points).
std::vector<curve_edge> find_edges(std::span<const curve_point> curve);

}  // namespace nearmem::measure
