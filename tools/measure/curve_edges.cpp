#include "tools/measure/curve_edges.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace nearmem::measure {

std::vector<curve_edge> find_edges(std::span<const curve_point> curve) {
  constexpr double least_rise = 0.15;
  std::vector<curve_edge> edges;
  std::optional<curve_edge> steepest;
  double lowest_since = 0;  // of the steepness behind the steepest point
  const auto steepness = [](const comparison& rise) { return std::log1p(rise.effect); };
  const auto close = [&] {
    if (steepest) edges.push_back(*steepest);
    steepest.reset();
  };
  for (std::size_t i = 0; i + 1 < curve.size(); ++i) {
    const comparison rise = compare(curve[i].value, curve[i + 1].value, least_rise);
    if (rise.effect <= least_rise) {
      close();
      continue;
    }
    if (steepest && lowest_since < steepness(steepest->rise) / 2 &&
        lowest_since < steepness(rise) / 2) {
      close();
    }
    if (!steepest || rise.effect > steepest->rise.effect) {
      steepest = curve_edge{curve[i].bytes, rise};
      lowest_since = steepness(rise);
    } else {
      lowest_since = std::min(lowest_since, steepness(rise));
    }
  }
  close();
  return edges;
}

}  // namespace nearmem::measure
