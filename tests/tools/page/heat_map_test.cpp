#include "tools/page/heat_map.hpp"

#include <cmath>
#include <limits>
#include <regex>
#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace nearmem::page {
namespace {

using testing::HasSubstr;
using testing::Not;

heat_map nodes() {
  return {.title = "Latency",
          .row_word = "from",
          .column_word = "to",
          .rows = {"node 0", "node 1"},
          .columns = {"node 0", "node 1"},
          .values = {{80, 130}, {140, std::nan("")}},
          .kind = unit::nanoseconds};
}

std::vector<double> warmths(const std::string& html) {
  std::vector<double> found;
  const std::regex opacity("fill-opacity=\"([^\"]*)\"");
  for (std::sregex_iterator at(html.begin(), html.end(), opacity), end; at != end; ++at)
    found.push_back(std::stod((*at)[1]));
  return found;
}

TEST(heat_map, writes_each_value_into_its_cell) {
  const std::string html = to_html(nodes());
  for (const char* text : {">80 ns<", ">130 ns<", ">140 ns<"})
    EXPECT_THAT(html, HasSubstr(text));
  EXPECT_THAT(html, HasSubstr("<title>from node 1, to node 0: 140 ns</title>"));
}

TEST(heat_map, is_warmer_where_values_are_greater) {
  const std::vector<double> found = warmths(to_html(nodes()));
  ASSERT_EQ(found.size(), 3U);
  EXPECT_LT(found[0], found[1]);
  EXPECT_LT(found[1], found[2]);
}

TEST(heat_map, says_which_cells_are_not_measured) {
  const std::string html = to_html(nodes());
  EXPECT_THAT(html, HasSubstr("<title>from node 1, to node 1: not measured</title>"));
  EXPECT_THAT(html, HasSubstr("– not measured</p>"));
  heat_map ragged = nodes();
  ragged.values = {{80, 130}, {140, 81}};
  EXPECT_THAT(to_html(ragged), Not(HasSubstr("not measured")));
  ragged.values = {{80}};
  EXPECT_THAT(to_html(ragged), HasSubstr("from node 1, to node 0: not measured"));
}

TEST(heat_map, is_cold_where_all_values_are_equal) {
  heat_map map = nodes();
  map.values = {{7, 7}, {7, 7}};
  for (double warmth : warmths(to_html(map)))
    EXPECT_LT(warmth, 0.1);
}

TEST(heat_map, survives_nothing_and_infinity) {
  EXPECT_THAT(to_html(heat_map{.title = "none"}), HasSubstr("<svg"));
  heat_map map = nodes();
  map.values = {{std::numeric_limits<double>::infinity(), 1}, {2, -1}};
  map.kept = scale::log2;
  EXPECT_THAT(to_html(map), HasSubstr(">∞</text>"));
}

TEST(heat_map, shows_markup_in_names_as_text) {
  heat_map map = nodes();
  map.rows[0] = "<script>";
  EXPECT_THAT(to_html(map), Not(HasSubstr("<script>")));
}

}  // namespace
}  // namespace nearmem::page
