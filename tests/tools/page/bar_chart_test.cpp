#include "tools/page/bar_chart.hpp"

#include <limits>
#include <regex>
#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace nearmem::page {
namespace {

using testing::HasSubstr;
using testing::Not;

std::vector<double> widths(const std::string& html) {
  std::vector<double> found;
  const std::regex drawn("<rect [^>]*width=\"([^\"]*)\"[^>]*class=\"bar\"");
  for (std::sregex_iterator at(html.begin(), html.end(), drawn), end; at != end; ++at)
    found.push_back(std::stod((*at)[1]));
  return found;
}

TEST(bar_chart, draws_bars_as_long_as_their_values) {
  const std::vector<double> found =
      widths(to_html(bar_chart{.title = "t", .bars = {{"a", 100}, {"b", 50}, {"c", 0}}}));
  ASSERT_EQ(found.size(), 6U) << "for wide and for narrow windows";
  EXPECT_NEAR(found[0], 2 * found[1], 0.2);
  EXPECT_EQ(found[2], 0);
}

TEST(bar_chart, says_values_with_their_dispersion) {
  const std::string html = to_html(bar_chart{
      .title = "t", .kind = unit::nanoseconds, .bars = {{"touch", 412, 400, 530, "noisy"}}});
  EXPECT_THAT(html, HasSubstr("<title>touch: 412 ns, noisy (400 ns to 530 ns)</title>"));
  EXPECT_THAT(html, HasSubstr(">412 ns, noisy</text>"));
  EXPECT_THAT(html, HasSubstr("class=\"whisker\""));
}

TEST(bar_chart, has_no_whisker_where_dispersion_is_not_known) {
  EXPECT_THAT(to_html(bar_chart{.title = "t", .bars = {{"a", 1}}}), Not(HasSubstr("whisker")));
}

TEST(bar_chart, says_what_is_not_measured_and_why) {
  bar refused{.label = "purge", .note = "refused: noise"};
  const std::string html = to_html(bar_chart{.title = "t", .bars = {refused}});
  EXPECT_THAT(html, HasSubstr(">not measured, refused: noise</text>"));
  EXPECT_TRUE(widths(html).empty());
}

TEST(bar_chart, draws_points_on_logarithmic_scales) {
  const std::string html =
      to_html(bar_chart{.title = "t", .kept = scale::log10, .bars = {{"a", 1, 1, 2}, {"b", 1000}}});
  EXPECT_TRUE(widths(html).empty());
  EXPECT_THAT(html, HasSubstr("class=\"point c0\"><title>b: 1,000</title>"));
}

TEST(bar_chart, survives_nothing_and_numbers_of_any_size) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  constexpr double most = std::numeric_limits<double>::max();
  EXPECT_THAT(to_html(bar_chart{.title = "t"}), HasSubstr("no values"));
  for (scale kept : {scale::linear, scale::log2}) {
    const std::string html = to_html(bar_chart{
        .title = "t",
        .kept = kept,
        .bars = {{"a", infinity, 0, infinity}, {"b", -most, most, 1}, {"c", -3, -4, 1e-300}}});
    EXPECT_THAT(html, Not(HasSubstr("=\"nan")));
    EXPECT_THAT(html, Not(HasSubstr("=\"inf")));
  }
}

}  // namespace
}  // namespace nearmem::page
