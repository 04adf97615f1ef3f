#include "tools/page/chart_figures.hpp"

#include <string>

#include <gmock/gmock.h>

#include "tools/page/line_chart.hpp"

namespace nearmem::page {
namespace {

using testing::HasSubstr;

TEST(chart_figures, has_a_line_for_each_x_of_any_series) {
  line_chart chart{.title = "t", .x = {.label = "time", .kind = unit::seconds}};
  chart.series = {{"a", {{1, 10}, {2, 20, 19, 23}}}, {"b", {{2, 5}, {3}}}};
  const std::string html = figures_of(chart);
  EXPECT_THAT(html, HasSubstr(">time</th>"));
  EXPECT_THAT(html, HasSubstr(">1 s</th><td class=\"r\">10</td><td class=\"r\">–</td>"));
  EXPECT_THAT(html, HasSubstr(">2 s</th><td class=\"r\">20 (19 to 23)</td><td class=\"r\">5</td>"));
  EXPECT_THAT(html, HasSubstr(">3 s</th><td class=\"r\">–</td><td class=\"r\">–</td>"));
}

TEST(chart_figures, leaves_lines_out_and_says_so) {
  line_chart chart{.title = "t"};
  chart.series = {{"a", {}}};
  for (int i = 0; i <= 600; ++i)
    chart.series[0].points.push_back({i * 1.0, i * 2.0});
  const std::string html = figures_of(chart);
  EXPECT_THAT(html, HasSubstr("56 of 601 lines: each 11. and the last."));
  EXPECT_THAT(html, HasSubstr(">600</th><td class=\"r\">1,200</td>"));
}

TEST(chart_figures, is_nothing_without_points) {
  EXPECT_EQ(figures_of(line_chart{.title = "t"}), "");
}

}  // namespace
}  // namespace nearmem::page
