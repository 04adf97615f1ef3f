#include "tools/page/thinned.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace nearmem::page {
namespace {

TEST(thinned, keeps_lines_of_few_points) {
  const std::vector<pixel> points = {{0, 1}, {1, 5}, {2, 3}};
  EXPECT_EQ(thinned(points).size(), 3U);
  EXPECT_TRUE(thinned({}).empty());
}

TEST(thinned, keeps_each_columns_extremes_and_ends_in_order) {
  std::vector<pixel> points;
  for (int i = 0; i < 10000; ++i)
    points.push_back({i / 1000.0, i == 4321 ? 99.0 : i == 4800 ? -99.0 : i % 7 * 1.0});
  const std::vector<pixel> kept = thinned(points);
  EXPECT_LE(kept.size(), 40U);
  EXPECT_TRUE(std::is_sorted(kept.begin(), kept.end(),
                             [](const pixel& a, const pixel& b) { return a.x < b.x; }));
  auto has = [&kept](double x, double y) {
    return std::any_of(kept.begin(), kept.end(),
                       [&](const pixel& point) { return point.x == x && point.y == y; });
  };
  EXPECT_TRUE(has(4.321, 99));
  EXPECT_TRUE(has(4.8, -99));
  EXPECT_EQ(kept.front().x, 0);
  EXPECT_EQ(kept.back().x, 9.999);
}

}  // namespace
}  // namespace nearmem::page
