#include "tools/measure/sharing_verdicts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/seed.hpp"
#include "tests/tools/measure/planted.hpp"

namespace nearmem::measure {
namespace {

using testing::HasSubstr;

TEST(sharing_verdicts, find_a_planted_line) {
  for (const std::size_t line : {16U, 32U, 64U, 128U, 256U}) {
    planted_noise noise(test_seed(), 0.01);
    const std::vector<verdict> found = judge_sharing(planted_sharing(noise, line));
    ASSERT_EQ(found.size(), 2);
    for (const verdict& each : found) {
      EXPECT_EQ(each.state, verdict_state::decided) << each.text;
      EXPECT_EQ(each.bytes, line);
    }
  }
}

TEST(sharing_verdicts, find_what_disturbs_beyond_the_line) {
  planted_noise noise(test_seed(), 0.005);
  part_report sharing = planted_sharing(noise, 64);
  // A pair of lines, fetched together.
  sharing.rows[3].value = noise.around(6.5);
  const std::vector<verdict> found = judge_sharing(sharing);
  EXPECT_EQ(found[0].bytes, 64);
  EXPECT_EQ(found[1].bytes, 128);
}

TEST(sharing_verdicts, are_refused_where_noise_exceeds_the_effect) {
  planted_noise noise(test_seed(), 30);
  for (const verdict& each : judge_sharing(planted_sharing(noise, 64))) {
    EXPECT_EQ(each.state, verdict_state::undecided) << each.text;
    EXPECT_FALSE(each.bytes);
    EXPECT_THAT(each.text, HasSubstr("not decided: noise "));
  }
}

TEST(sharing_verdicts, are_refused_where_there_is_no_effect) {
  planted_noise noise(test_seed(), 0.002);
  for (const verdict& each : judge_sharing(planted_sharing(noise, 8))) {
    EXPECT_EQ(each.state, verdict_state::undecided);
    EXPECT_EQ(each.text, "not decided: counters cost the same at every distance");
  }
}

TEST(sharing_verdicts, are_refused_where_cost_still_falls_at_the_end) {
  planted_noise noise(test_seed(), 0.002);
  part_report sharing = planted_sharing(noise, 64);
  sharing.rows[5].value = noise.around(8);
  const verdict found = judge_sharing(sharing)[1];
  EXPECT_EQ(found.state, verdict_state::undecided);
  EXPECT_EQ(found.text, "not decided: the two farthest distances differ");
}

TEST(sharing_verdicts, say_why_nothing_was_measured) {
  const part_report none{part::interference,
                         {{.series = "increment", .not_measured = "there is one core"}}};
  for (const verdict& each : judge_sharing(none)) {
    EXPECT_EQ(each.state, verdict_state::not_measured);
    EXPECT_EQ(each.text, "not measured: there is one core");
  }
}

}  // namespace
}  // namespace nearmem::measure
