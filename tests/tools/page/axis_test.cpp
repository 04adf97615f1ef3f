#include "tools/page/axis.hpp"

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <gmock/gmock.h>

namespace nearmem::page {
namespace {

using testing::ElementsAre;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

TEST(axis, ticks_at_round_numbers) {
  EXPECT_THAT(ticks({0, 10}, scale::linear, unit::number, 6), ElementsAre(0, 2, 4, 6, 8, 10));
  EXPECT_THAT(ticks({3, 17}, scale::linear, unit::number, 5), ElementsAre(5, 10, 15));
  EXPECT_THAT(ticks({-1, 1}, scale::linear, unit::number, 5), ElementsAre(-1, -0.5, 0, 0.5, 1));
}

TEST(axis, ticks_at_the_round_number_that_a_range_all_but_begins_at) {
  EXPECT_THAT(ticks({601e-9, 4}, scale::linear, unit::seconds, 5), ElementsAre(0, 1, 2, 3, 4));
}

TEST(axis, ticks_bytes_at_powers_of_two) {
  EXPECT_THAT(ticks({0, 3000}, scale::linear, unit::bytes, 4), ElementsAre(0, 1024, 2048));
  EXPECT_THAT(ticks({0, 300}, scale::linear, unit::bytes, 6), ElementsAre(0, 64, 128, 192, 256));
}

TEST(axis, ticks_logarithmic_scales_at_powers_and_skips_evenly) {
  EXPECT_THAT(ticks({1, 1000}, scale::log10, unit::number, 6), ElementsAre(1, 10, 100, 1000));
  EXPECT_THAT(ticks({1, 100}, scale::log10, unit::number, 9),
              ElementsAre(1, 2, 5, 10, 20, 50, 100));
  EXPECT_THAT(ticks({4096, 65536}, scale::log2, unit::bytes, 9),
              ElementsAre(4096, 8192, 16384, 32768, 65536));
  EXPECT_THAT(ticks({1024, 1073741824}, scale::log2, unit::bytes, 4),
              ElementsAre(1024, 1048576, 1073741824));
}

TEST(axis, ticks_a_logarithmic_scale_without_powers_as_a_linear_one) {
  EXPECT_THAT(ticks({11, 15}, scale::log10, unit::number, 5), ElementsAre(11, 12, 13, 14, 15));
}

TEST(axis, places_what_is_finite_and_fits_the_scale) {
  EXPECT_TRUE(is_placeable(0, scale::linear));
  EXPECT_FALSE(is_placeable(0, scale::log2));
  EXPECT_FALSE(is_placeable(-1, scale::log10));
  EXPECT_FALSE(is_placeable(infinity, scale::linear));
  EXPECT_FALSE(is_placeable(not_a_number, scale::linear));
  EXPECT_FALSE(is_placeable(std::numeric_limits<double>::max(), scale::linear));
  EXPECT_FALSE(is_placeable(std::numeric_limits<double>::denorm_min(), scale::log2));
}

TEST(axis, ranges_over_what_is_placeable) {
  const std::vector<double> values = {not_a_number, 3, -2, infinity};
  EXPECT_EQ(range_of(values, scale::linear), (range{-2, 3}));
  EXPECT_EQ(range_of(values, scale::log2), (range{3, 3}));
  EXPECT_EQ(range_of({}, scale::linear), std::nullopt);
}

TEST(axis, shows_a_range_that_is_never_empty) {
  EXPECT_EQ(shown_range({}, std::nullopt), (range{0, 1}));
  EXPECT_EQ(shown_range({}, range{5, 5}), (range{5, 7.5}));
  EXPECT_EQ(shown_range({.kept = scale::log2}, range{8, 8}), (range{4, 16}));
  EXPECT_EQ(shown_range({.low = 0, .high = 20}, range{5, 7}), (range{0, 20}));
  EXPECT_EQ(shown_range({.kept = scale::log2, .low = 0}, range{5, 7}), (range{5, 7}))
      << "a bound that the scale cannot have is not used";
  EXPECT_EQ(shown_range({.low = 9, .high = not_a_number}, range{5, 7}).low, 9);
}

TEST(axis, rounds_a_linear_range_out_to_ticks) {
  EXPECT_EQ(rounded_out({0, 9.3}, scale::linear, unit::number, 6), (range{0, 10}));
  EXPECT_EQ(rounded_out({0, 10}, scale::linear, unit::number, 6), (range{0, 10}));
  EXPECT_EQ(rounded_out({3, 9.3}, scale::log2, unit::number, 6), (range{3, 9.3}));
}

TEST(axis, ticks_any_range_inside_ascending_and_not_too_often) {
  std::mt19937_64 random(20261122);
  std::uniform_real_distribution<double> exponent(-300, 299.9);
  for (int i = 0; i < 20000; ++i) {
    const double low = (i % 3 == 0 ? -1 : 1) * std::pow(10, exponent(random));
    const double other = std::pow(10, exponent(random));
    for (scale kept : {scale::linear, scale::log2, scale::log10}) {
      const std::vector<double> both = {low, other};
      const range shown = shown_range({.kept = kept}, range_of(both, kept));
      for (unit kind : {unit::number, unit::bytes}) {
        const std::vector<double> found = ticks(shown, kept, kind, 7);
        ASSERT_LE(found.size(), 7U) << low << " " << other;
        for (std::size_t n = 0; n < found.size(); ++n) {
          const double slack = (shown.high - shown.low) * 1e-6 + std::abs(shown.low) * 1e-12;
          ASSERT_GE(found[n], shown.low - slack);
          ASSERT_LE(found[n], shown.high + slack);
          if (n > 0) {
            ASSERT_GT(found[n], found[n - 1]) << low << " " << other;
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace nearmem::page
