#pragma once

#include <cmath>
#include <optional>
#include <vector>

#include <gtest/gtest.h>

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

// That each of these gives a sample on this machine; NaN is one where two threads did not run at
// the same time.
inline void expect_samples(const std::vector<probe>& probes) {
  EXPECT_FALSE(probes.empty());
  for (const probe& each : probes) {
    if (!each.what.not_measured.empty()) continue;
    const std::optional<double> sample = each.pass();
    ASSERT_TRUE(sample) << each.what.series;
    const bool may_be_nothing = each.of == part::cores || each.of == part::interference;
    EXPECT_TRUE(*sample > 0 || (may_be_nothing && std::isnan(*sample))) << each.what.series;
  }
}

}  // namespace nearmem::measure
