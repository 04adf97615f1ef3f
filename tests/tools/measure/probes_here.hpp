#pragma once

#include <nearmem/alloc/page_source.hpp>

#include "tools/measure/plan.hpp"

namespace nearmem::measure {

// As little of everything as still is something.
inline plan small_plan(page_source& pages) {
  plan with{.pages = pages};
  with.how.largest_footprint = 16384;
  with.how.node_footprint = with.how.stream_bytes = with.how.page_bytes = std::size_t{2} << 20;
  with.how.go_nanoseconds = 1e4;
  with.how.rounds = {.least = 1, .most = 3, .time = std::chrono::milliseconds(1)};
  return with;
}

}  // namespace nearmem::measure
