#include "tools/page/scaling.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace nearmem::page {
namespace {

TEST(scaling, places_values_between_its_ends) {
  const scaling along({0, 10}, scale::linear, 100, 200);
  EXPECT_EQ(along.place(0), 100);
  EXPECT_EQ(along.place(2.5), 125);
  EXPECT_EQ(along.place(10), 200);
  EXPECT_EQ(along.shown(), (range{0, 10}));
}

TEST(scaling, counts_downwards_where_it_is_told_to) {
  EXPECT_EQ(scaling({0, 10}, scale::linear, 200, 100).place(2.5), 175);
}

TEST(scaling, places_powers_evenly_on_logarithmic_scales) {
  const scaling along({1, 16}, scale::log2, 0, 4);
  EXPECT_EQ(along.place(2), 1);
  EXPECT_EQ(along.place(8), 3);
  EXPECT_NEAR(scaling({1, 1000}, scale::log10, 0, 3).place(10).value_or(0), 1, 1e-12);
}

TEST(scaling, has_no_place_for_what_lies_outside) {
  const scaling along({1, 16}, scale::log2, 0, 4);
  EXPECT_EQ(along.place(17), std::nullopt);
  EXPECT_EQ(along.place(0.5), std::nullopt);
  EXPECT_EQ(along.place(std::nan("")), std::nullopt);
  EXPECT_EQ(along.place_inside(17), 4);
  EXPECT_EQ(along.place_inside(0.5), 0);
  EXPECT_EQ(along.place_inside(0), std::nullopt);
  EXPECT_EQ(along.place_inside(std::nan("")), std::nullopt);
}

}  // namespace
}  // namespace nearmem::page
