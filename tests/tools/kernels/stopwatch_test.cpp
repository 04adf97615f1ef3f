#include "tools/kernels/stopwatch.hpp"

#include <array>
#include <chrono>

#include <gtest/gtest.h>

namespace nearmem::measure {
namespace {

time_span from_to(int begin, int end) {
  const std::chrono::steady_clock::time_point zero{};
  return {zero + std::chrono::nanoseconds(begin), zero + std::chrono::nanoseconds(end)};
}

TEST(stopwatch, takes_threads_together_from_the_first_to_the_last) {
  const std::array spans = {from_to(10, 90), from_to(20, 100)};
  EXPECT_EQ(whole(spans).nanoseconds(), 90);
  EXPECT_DOUBLE_EQ(overlap(spans), 70.0 / 90);
}

TEST(stopwatch, finds_no_overlap_of_threads_in_a_row) {
  const std::array spans = {from_to(0, 10), from_to(20, 30)};
  EXPECT_EQ(overlap(spans), 0);
}

TEST(stopwatch, never_runs_backwards) {
  EXPECT_GE(nanoseconds_of([] {}), 0);
  EXPECT_GE(span_of([] {}).nanoseconds(), 0);
}

}  // namespace
}  // namespace nearmem::measure
