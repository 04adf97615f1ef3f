#include "tools/page/thinned.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace nearmem::page {

std::vector<pixel> thinned(std::span<const pixel> points) {
  std::vector<pixel> kept;
  for (std::size_t begin = 0; begin < points.size();) {
    std::size_t end = begin;
    while (end < points.size() && std::floor(points[end].x) == std::floor(points[begin].x))
      ++end;
    std::array chosen = {begin, begin, begin, end - 1};
    for (std::size_t i = begin; i < end; ++i) {
      if (points[i].y < points[chosen[1]].y) chosen[1] = i;
      if (points[i].y > points[chosen[2]].y) chosen[2] = i;
    }
    std::sort(chosen.begin(), chosen.end());
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      if (i == 0 || chosen[i] != chosen[i - 1]) kept.push_back(points[chosen[i]]);
    }
    begin = end;
  }
  return kept;
}

}  // namespace nearmem::page
