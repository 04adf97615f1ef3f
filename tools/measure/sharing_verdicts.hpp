#pragma once

#include <vector>

#include "tools/measure/report.hpp"

namespace nearmem::measure {

// line_bytes and interference_bytes, by what increments cost at each distance; the farthest
// distance is what undisturbed ones cost.
//
// line_bytes is the least distance from which on increments cost less than the geometric mean of
// the nearest and the farthest, and is refused where the noise exceeds the drop to it.
//
// interference_bytes is where, coming from the farthest distance, increments first cost more by
// more than the noise: the next distance is the verdict. From there on they seem to cost no more
// than 10 % above the farthest; where noise may hide more than that, the verdict says how much is
// not excluded. It is refused where a step of more than 10 % may be noise or not, and where what is
// not excluded is as large as the drop that was found.
std::vector<verdict> judge_sharing(const part_report& interference);

}  // namespace nearmem::measure
