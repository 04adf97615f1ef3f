#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "examples/fullnode/run_sample.hpp"

namespace nearmem::tools {

//   steady  12.3 s  1,901,233 transactions  154,321 tx/s  12 blocks
//   mempool   ███████████░░░░░  71%  210 MiB of 296 MiB  12,345 evicted
//   orphans   ░░░░░░░░░░░░░░░░   0%  0 B of 12 MiB       0 evicted
//   node 0    310 MiB
//   accounted 310 MiB of 300 MiB, resident 340 MiB
//
// One moment of a run as lines for a terminal of `width` columns; no line is wider. Where there is
// little room the bars go first, then the ends of lines. `name` is the run's, of ASCII.
std::vector<std::string> view_of(const fullnode::run_sample& now, std::string_view name,
                                 std::size_t width);

}  // namespace nearmem::tools
