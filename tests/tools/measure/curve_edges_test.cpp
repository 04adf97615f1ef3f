#include "tools/measure/curve_edges.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "tests/support/seed.hpp"
#include "tests/tools/measure/planted.hpp"

namespace nearmem::measure {
namespace {

// Latency by footprint where caches end at these sizes, in KiB.
std::vector<curve_point> curve(planted_noise& noise) {
  std::vector<curve_point> points;
  for (std::size_t kib = 4; kib <= 65536; kib *= 2) {
    const double base = kib <= 32 ? 1.2 : kib <= 1024 ? 4.0 : kib <= 16384 ? 16.0 : 90.0;
    points.push_back({kib << 10, noise.around(base)});
  }
  return points;
}

TEST(curve_edges, finds_where_planted_caches_end) {
  for (int i = 0; i < 50; ++i) {
    planted_noise noise(test_seed() + static_cast<std::uint64_t>(i), 0.01);
    const std::vector<curve_edge> edges = find_edges(curve(noise));
    ASSERT_EQ(edges.size(), 3);
    EXPECT_EQ(edges[0].bytes, 32 << 10);
    EXPECT_EQ(edges[1].bytes, 1024 << 10);
    EXPECT_EQ(edges[2].bytes, 16384 << 10);
    for (const curve_edge& each : edges)
      EXPECT_EQ(each.rise.what, difference::differ);
  }
}

TEST(curve_edges, decides_none_in_noise_above_every_rise) {
  planted_noise noise(test_seed(), 20);
  for (const curve_edge& each : find_edges(curve(noise)))
    EXPECT_EQ(each.rise.what, difference::undecided);
}

TEST(curve_edges, takes_a_rise_over_several_points_for_one) {
  planted_noise noise(test_seed(), 0.001);
  std::vector<curve_point> points;
  std::size_t bytes = 4096;
  for (const double value : {1.0, 1.0, 1.3, 2.6, 3.4, 3.5, 3.5}) {
    points.push_back({bytes, noise.around(value)});
    bytes *= 2;
  }
  const std::vector<curve_edge> edges = find_edges(points);
  ASSERT_EQ(edges.size(), 1);
  EXPECT_EQ(edges[0].from, 4096 << 1);
  EXPECT_EQ(edges[0].bytes, 4096 << 2);
  EXPECT_EQ(edges[0].to, 4096 << 4);
  EXPECT_FALSE(edges[0].is_one_step());
  EXPECT_NEAR(edges[0].rise.effect, 2.4, 0.1);
  EXPECT_NEAR(edges[0].steep.effect, 1, 0.1);
}

// No step exceeds the noise, but all of them together do.
TEST(curve_edges, decides_a_slow_rise_by_its_ends) {
  const auto around = [](double best) {
    const double worst = best * 1.8;
    return *make_figure({best, worst, worst, worst, worst, worst, worst}, better::lower);
  };
  std::vector<curve_point> points;
  std::size_t bytes = 4096;
  for (const double value : {10.0, 10.0, 16.0, 26.0, 40.0, 60.0, 60.0}) {
    points.push_back({bytes, around(value)});
    bytes *= 2;
  }
  const std::vector<curve_edge> edges = find_edges(points);
  ASSERT_EQ(edges.size(), 1);
  EXPECT_EQ(edges[0].rise.what, difference::differ);
  EXPECT_EQ(edges[0].steep.what, difference::undecided);
  EXPECT_EQ(edges[0].from, 4096 << 1);
  EXPECT_EQ(edges[0].to, 4096 << 5);
}

TEST(curve_edges, are_none_where_nothing_rises) {
  planted_noise noise(test_seed(), 0.01);
  std::vector<curve_point> flat;
  EXPECT_TRUE(find_edges(flat).empty());
  for (std::size_t bytes = 4096; bytes < 1 << 24; bytes *= 2)
    flat.push_back({bytes, noise.around(3)});
  EXPECT_TRUE(find_edges(flat).empty());
}

}  // namespace
}  // namespace nearmem::measure
