#pragma once

#include <vector>

#include "tools/measure/report.hpp"

namespace nearmem::measure {

// What the figures of a report say: a verdict for each question that its parts can answer.
//
//   line_bytes          how far apart counters must lie so as not to share a line
//   interference_bytes  how far so as not to disturb one another at all
//   cache_level_N       where latency rises, beside what the machine states
//   huge_pages          what they save at the largest footprint
//   load                what another core's streaming adds to latency
//   remote              whether the farthest node is slower than a thread's own
//   conflicts           what an index conflict costs
//
// A verdict whose noise exceeds its effect is refused. O(rows^2).
std::vector<verdict> judge(const report& measured);

}  // namespace nearmem::measure
