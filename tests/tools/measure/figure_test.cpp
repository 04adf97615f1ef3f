#include "tools/measure/figure.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "tests/support/seed.hpp"
#include "tests/tools/measure/planted.hpp"

namespace nearmem::measure {
namespace {

TEST(figure, is_the_least_time_or_the_highest_rate) {
  const figure time = *make_figure({5, 1, 3, 2, 4}, better::lower);
  EXPECT_EQ(time.best, 1);
  EXPECT_EQ(time.median, 3);
  EXPECT_EQ(time.lower_quartile, 2);
  EXPECT_EQ(time.upper_quartile, 4);
  EXPECT_EQ(time.samples, 5);
  EXPECT_EQ(time.spread(), 3);
  const figure rate = *make_figure({5, 1, 3, 2, 4}, better::higher);
  EXPECT_EQ(rate.best, 5);
  EXPECT_DOUBLE_EQ(rate.spread(), 0.6);
}

TEST(figure, lies_between_samples_where_a_quartile_does) {
  const figure four = *make_figure({1, 2, 3, 4}, better::lower);
  EXPECT_DOUBLE_EQ(four.median, 2.5);
  EXPECT_DOUBLE_EQ(four.lower_quartile, 1.75);
}

TEST(figure, tells_nothing_by_two_samples) {
  EXPECT_EQ(make_figure({1, 1}, better::lower)->spread(), 1);
  EXPECT_EQ(make_figure({1, 1, 1}, better::lower)->spread(), 0);
}

TEST(figure, is_none_without_samples_or_with_bad_ones) {
  EXPECT_FALSE(make_figure({}, better::lower));
  EXPECT_FALSE(make_figure({1, 0}, better::lower));
  EXPECT_FALSE(make_figure({1, -2}, better::lower));
  EXPECT_FALSE(make_figure({std::numeric_limits<double>::infinity()}, better::lower));
  EXPECT_FALSE(make_figure({std::nan("")}, better::lower));
}

// Two runs of one thing agree within the dispersion that they state.
TEST(figure, agrees_with_another_of_the_same_within_the_spread_it_states) {
  for (const double noise : {0.001, 0.02, 0.2, 1.0}) {
    planted_noise planted(test_seed(), noise);
    int apart = 0;
    constexpr int runs = 1000;
    for (int i = 0; i < runs; ++i) {
      const figure one = planted.around(100);
      const figure other = planted.around(100);
      const double stated = std::max(one.spread(), other.spread());
      apart += std::abs(one.best - other.best) / std::min(one.best, other.best) > stated;
    }
    EXPECT_LE(apart, runs / 100) << "noise " << noise;
  }
}

}  // namespace
}  // namespace nearmem::measure
