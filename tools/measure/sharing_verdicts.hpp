#pragma once

#include <vector>

#include "tools/measure/report.hpp"

namespace nearmem::measure {

// line_bytes and interference_bytes, by what increments cost at each distance; the farthest
// distance is what undisturbed ones cost.
//
// line_bytes is the least distance from which on increments cost less than the geometric mean of
// the nearest and the farthest; interference_bytes the least from which on they cost no more than
// 10 % above the farthest. Each is refused where the noise exceeds the effect that it rests on.
std::vector<verdict> judge_sharing(const part_report& interference);

}  // namespace nearmem::measure
