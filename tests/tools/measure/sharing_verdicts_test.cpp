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

// Seven rounds, of which the best is this, and the worst as much more.
figure around(double best, double spread) {
  const double worst = best * (1 + spread);
  return *make_figure({best, worst, worst, worst, worst, worst, worst}, better::lower);
}

part_report noisy_sharing(const std::vector<double>& costs, double spread) {
  part_report sharing{part::interference, {}};
  std::size_t distance = 8;
  for (const double each : costs) {
    sharing.rows.push_back(row_of("increment", distance, around(each, spread)));
    distance *= 2;
  }
  return sharing;
}

// As was measured on a busy machine: the noise is less than the drop, if more than what matters.
TEST(sharing_verdicts, say_what_is_not_excluded_beside_a_drop_beyond_the_noise) {
  const std::vector<verdict> found =
      judge_sharing(noisy_sharing({7.21, 7.82, 7.18, 1.86, 1.88, 1.85, 1.82}, 0.3));
  EXPECT_EQ(found[0].bytes, 64);
  EXPECT_EQ(found[1].state, verdict_state::decided);
  EXPECT_EQ(found[1].bytes, 64);
  EXPECT_EQ(found[1].text, "64 B; beyond it, 45 % more time is not excluded");
}

TEST(sharing_verdicts, are_refused_where_a_small_step_may_be_noise) {
  const std::vector<verdict> found =
      judge_sharing(noisy_sharing({7.2, 7.2, 7.2, 2.3, 1.8, 1.8, 1.8}, 0.3));
  EXPECT_EQ(found[0].bytes, 64);
  EXPECT_EQ(found[1].state, verdict_state::undecided);
  EXPECT_EQ(found[1].text, "not decided: noise 45 % exceeds effect 28 %");
  // The same step in less noise is one.
  EXPECT_EQ(judge_sharing(noisy_sharing({7.2, 7.2, 7.2, 2.3, 1.8, 1.8, 1.8}, 0.03))[1].bytes, 128);
}

TEST(sharing_verdicts, are_refused_where_what_is_hidden_is_as_large_as_the_drop) {
  part_report sharing = noisy_sharing({4, 4, 4, 1.8, 1.8, 1.8, 1.8}, 0.05);
  sharing.rows[4].value = around(1.8, 1.5);
  const verdict found = judge_sharing(sharing)[1];
  EXPECT_EQ(found.state, verdict_state::undecided);
  EXPECT_FALSE(found.bytes);
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
