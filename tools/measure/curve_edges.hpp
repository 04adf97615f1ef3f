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

// Where a curve of latencies rises: what holds `from` does not hold `to`. Of the points between,
// the rise is steepest from `bytes` on, the last footprint that is still held by most.
struct curve_edge {
  std::size_t from = 0;
  std::size_t to = 0;
  std::size_t bytes = 0;
  comparison rise{};   // of `to` over `from`
  comparison steep{};  // of the next point over `bytes`

  bool is_one_step() const noexcept { return steep.effect == rise.effect; }
};

// The edges of a curve, ascending by footprint. A rise that goes on over several points is one
// edge, unless it flattens to less than half its steepness in between. Rises of less than 15 % are
// none; one whose noise exceeds it is undecided. O(points).
std::vector<curve_edge> find_edges(std::span<const curve_point> curve);

}  // namespace nearmem::measure
