#include "tools/page/line_chart.hpp"

#include <cmath>
#include <limits>
#include <string>

#include <gmock/gmock.h>

namespace nearmem::page {
namespace {

using testing::HasSubstr;
using testing::Not;

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++found;
  return found;
}

line_chart chart_of(std::vector<chart_point> points) {
  return {.title = "A curve", .series = {{"one", std::move(points)}}};
}

TEST(line_chart, draws_each_series_for_wide_and_for_narrow_windows) {
  line_chart chart = chart_of({{1, 2}, {2, 4}});
  chart.series.push_back({"two", {{1, 3}, {2, 1}}});
  const std::string html = to_html(chart);
  EXPECT_EQ(count(html, "class=\"wide\""), 1U);
  EXPECT_EQ(count(html, "class=\"narrow\""), 1U);
  EXPECT_EQ(count(html, "class=\"series c0 d0\""), 3U) << "two pictures and the legend";
  EXPECT_EQ(count(html, "class=\"series c1 d1\""), 3U);
  EXPECT_THAT(html, HasSubstr("</svg>two</li>"));
}

TEST(line_chart, breaks_a_line_where_a_value_is_missing) {
  EXPECT_EQ(count(to_html(chart_of({{1, 2}, {2, 3}, {3, 4}, {4, 5}, {5, 6}})), "<polyline"), 3U);
  const std::string broken = to_html(chart_of({{1, 2}, {2, 3}, {3}, {4, 5}, {5, 6}}));
  EXPECT_EQ(count(broken, "<polyline"), 5U) << "two in each picture, one in the legend";
}

TEST(line_chart, says_each_points_value_and_its_dispersion) {
  line_chart chart = chart_of({{4096, 1.5, 1.4, 2}, {8192, 2.5}});
  chart.x.kind = unit::bytes;
  chart.y.kind = unit::nanoseconds;
  const std::string html = to_html(chart);
  EXPECT_THAT(html, HasSubstr("<title>one: 1.5 ns at 4 KiB (1.4 ns to 2 ns)</title>"));
  EXPECT_THAT(html, HasSubstr("<title>one: 2.5 ns at 8 KiB</title>"));
  EXPECT_EQ(count(html, "whisker"), 2U);
}

TEST(line_chart, begins_at_zero_unless_told_otherwise) {
  line_chart chart = chart_of({{1, 1000}, {2, 1004}});
  EXPECT_THAT(to_html(chart), HasSubstr(">0</text>"));
  chart.y.low = 1000;
  EXPECT_THAT(to_html(chart), Not(HasSubstr(">0</text>")));
}

TEST(line_chart, shows_limits_above_all_points) {
  line_chart chart = chart_of({{1, 1}, {2, 2}});
  chart.limits = {{50, "budget 50"}};
  EXPECT_EQ(count(to_html(chart), ">budget 50</text>"), 2U);
}

TEST(line_chart, says_that_it_has_no_values) {
  EXPECT_EQ(count(to_html(line_chart{.title = "Nothing"}), ">no values</text>"), 2U);
  EXPECT_EQ(count(to_html(chart_of({{1}, {2}})), ">no values</text>"), 2U);
}

TEST(line_chart, draws_one_point_and_points_between_gaps) {
  const std::string html = to_html(chart_of({{3, 5}}));
  EXPECT_THAT(html, Not(HasSubstr("no values")));
  EXPECT_THAT(html, HasSubstr("<title>one: 5 at 3</title>"));
}

TEST(line_chart, is_of_bounded_size_however_many_points) {
  std::vector<chart_point> points;
  for (int i = 0; i < 200'000; ++i)
    points.push_back({i * 1.0, std::sin(i)});
  EXPECT_LT(to_html(chart_of(points)).size(), 150'000U);
}

TEST(line_chart, survives_numbers_of_any_size) {
  constexpr double most = std::numeric_limits<double>::max();
  constexpr double infinity = std::numeric_limits<double>::infinity();
  for (scale kept : {scale::linear, scale::log2, scale::log10}) {
    line_chart chart = chart_of(
        {{-most, 1}, {0, most}, {1e-300, -1e300}, {5, infinity}, {1e299, 1e300}, {infinity, 4}});
    chart.x.kept = kept;
    chart.y.kept = kept;
    chart.limits = {{infinity, "no limit"}, {1e308, "far"}};
    chart.marks = {{-infinity, "no mark"}};
    const std::string html = to_html(chart);
    EXPECT_THAT(html, Not(HasSubstr("=\"nan")));
    EXPECT_THAT(html, Not(HasSubstr("=\"inf")));
    EXPECT_THAT(html, HasSubstr("<polyline"));
  }
}

}  // namespace
}  // namespace nearmem::page
