#include "tools/measure/comparison.hpp"

#include <gtest/gtest.h>

#include "tests/support/seed.hpp"
#include "tests/tools/measure/planted.hpp"

namespace nearmem::measure {
namespace {

figure exactly(double value, better direction = better::lower) {
  return *make_figure({value, value, value}, direction);
}

TEST(comparison, says_by_how_much_the_second_is_worse) {
  EXPECT_DOUBLE_EQ(compare(exactly(100), exactly(125), 0.05).effect, 0.25);
  EXPECT_DOUBLE_EQ(compare(exactly(100), exactly(80), 0.05).effect, -0.2);
  // Of rates the lower is worse.
  EXPECT_DOUBLE_EQ(compare(exactly(100, better::higher), exactly(80, better::higher), 0.05).effect,
                   0.25);
}

TEST(comparison, refuses_where_the_noise_exceeds_the_effect) {
  const figure noisy = *make_figure({100, 105, 110, 110, 110, 112, 112}, better::lower);
  const comparison small = compare(noisy, exactly(103), 0.05);
  EXPECT_EQ(small.what, difference::undecided);
  EXPECT_EQ(small.why_undecided(), "noise 12 % exceeds effect 3.0 %");
  EXPECT_EQ(compare(noisy, exactly(111), 0.05).what, difference::undecided);
  EXPECT_EQ(compare(noisy, exactly(120), 0.05).what, difference::differ);
  EXPECT_EQ(compare(exactly(100), exactly(103), 0.05).what, difference::same);
  EXPECT_EQ(compare(exactly(100), exactly(106), 0.05).what, difference::differ);
}

TEST(comparison, finds_planted_effects_and_no_others) {
  planted_noise little(test_seed(), 0.01);
  planted_noise much(test_seed(), 0.3);
  int wrong = 0;
  for (int i = 0; i < 500; ++i) {
    wrong += compare(little.around(100), little.around(140), 0.05).what != difference::differ;
    wrong += compare(little.around(100), little.around(100), 0.05).what == difference::differ;
    wrong += compare(much.around(100), much.around(103), 0.05).what != difference::undecided;
  }
  // Of 1,500; noise may be unlucky.
  EXPECT_LE(wrong, 15);
}

TEST(comparison, shows_shares_with_two_digits) {
  EXPECT_EQ(show_share(0.123), "12 %");
  EXPECT_EQ(show_share(0.0345), "3.5 %");
  EXPECT_EQ(show_share(2.1), "210 %");
  EXPECT_EQ(show_share(0), "0.0 %");
}

}  // namespace
}  // namespace nearmem::measure
