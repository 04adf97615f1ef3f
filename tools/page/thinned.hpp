#pragma once

#include <span>
#include <vector>

#include "tools/page/svg.hpp"

namespace nearmem::page {

// A line of many points as one of at most four for each column of pixels, that looks the same: the
// first, the lowest, the highest and the last of the column, in their order. Requires ascending x.
// O(points).
std::vector<pixel> thinned(std::span<const pixel> points);

}  // namespace nearmem::page
