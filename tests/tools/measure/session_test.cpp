#include "tools/measure/session.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/tools/measure/probes_here.hpp"

namespace nearmem::measure {
namespace {

TEST(session, measures_the_parts_that_are_asked_for) {
  page_source& pages = page_source::process();
  if (!pages.hardware().is_live()) GTEST_SKIP() << "hwloc is told to load another machine";
  const std::array asked = {part::nodes, part::paths};
  double done = 0;
  const report made =
      run_session(small_plan(pages), asked, [&](double share) { done = std::max(done, share); });
  ASSERT_EQ(made.parts.size(), 2);
  EXPECT_EQ(made.parts[0].what, part::nodes);
  EXPECT_EQ(made.parts[1].what, part::paths);
  EXPECT_EQ(made.fingerprint, pages.hardware().fingerprint());
  EXPECT_GE(made.rounds, 1);
  EXPECT_GT(done, 0);
  EXPECT_LE(done, 1);
  EXPECT_GT(made.circumstances.pace_before, 0);
  EXPECT_GT(made.circumstances.pace_after, 0);
  EXPECT_EQ(made.verdicts.size(), 1);
}

TEST(session, leaves_nothing_behind) {
  page_source& pages = page_source::process();
  if (!pages.hardware().is_live()) GTEST_SKIP() << "hwloc is told to load another machine";
  const auto held = [&] { return pages.own_usage().committed; };
  run_session(small_plan(pages), all_parts, nullptr);
  const std::size_t before = held();
  run_session(small_plan(pages), all_parts, nullptr);
  EXPECT_EQ(held(), before);
}

}  // namespace
}  // namespace nearmem::measure
