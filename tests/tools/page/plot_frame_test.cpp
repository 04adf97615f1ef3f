#include "tools/page/plot_frame.hpp"

#include <regex>
#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace nearmem::page {
namespace {

using testing::HasSubstr;
using testing::Not;

plot_frame::content content() {
  return {.x = {.label = "footprint", .kind = unit::bytes, .kept = scale::log2},
          .y = {.label = "a load", .kind = unit::nanoseconds},
          .x_shown = {4096, 1073741824},
          .y_shown = {0, 100},
          .marks = {},
          .limits = {}};
}

std::string drawn(const plot_frame& frame) {
  svg picture(720, frame.height(), "", "");
  frame.draw_under(picture);
  frame.draw_over(picture);
  return picture.str();
}

// The y of each text of this class.
std::vector<double> rows_of(const std::string& picture, const std::string& kind) {
  std::vector<double> rows;
  const std::regex text("<text x=\"[^\"]*\" y=\"([^\"]*)\"[^>]*class=\"" + kind + "\"");
  for (std::sregex_iterator at(picture.begin(), picture.end(), text), end; at != end; ++at)
    rows.push_back(std::stod((*at)[1]));
  return rows;
}

TEST(plot_frame, leaves_room_for_what_stands_around_the_plot) {
  const plot_frame frame(content());
  EXPECT_GT(frame.left(), text_width("100 ns"));
  EXPECT_LT(frame.right(), 720);
  EXPECT_GT(frame.top(), 0);
  EXPECT_EQ(frame.bottom(), frame.top() + 260);
  EXPECT_GT(frame.height(), frame.bottom());
  EXPECT_EQ(frame.x().place(4096), frame.left());
  EXPECT_EQ(frame.y().place(0), frame.bottom());
  EXPECT_EQ(frame.y().place(100), frame.top());
}

TEST(plot_frame, writes_its_axes_with_units) {
  const std::string picture = drawn(plot_frame(content()));
  for (const char* text : {">footprint<", ">a load<", ">4 KiB<", ">1 GiB<", ">0 ns<", ">100 ns<"})
    EXPECT_THAT(picture, HasSubstr(text));
}

TEST(plot_frame, writes_fewer_numbers_where_it_is_narrow) {
  plot_frame::content narrow = content();
  narrow.width = 300;
  EXPECT_LT(rows_of(drawn(plot_frame(narrow)), "tick").size(),
            rows_of(drawn(plot_frame(content())), "tick").size());
}

TEST(plot_frame, puts_marks_that_would_touch_into_rows) {
  plot_frame::content of = content();
  of.marks = {{2097152, "L2 2 MiB"}, {32768, "L1d 32 KiB"}, {2200000, "another"}, {1, "outside"}};
  const plot_frame frame(of);
  const std::vector<double> rows = rows_of(drawn(frame), "marked");
  ASSERT_EQ(rows.size(), 3U) << "what the axis does not show is left out";
  EXPECT_EQ(rows[0], rows[1]);
  EXPECT_NE(rows[1], rows[2]);
  EXPECT_THAT(drawn(frame), Not(HasSubstr("outside")));
}

TEST(plot_frame, turns_a_marks_label_at_the_edge) {
  plot_frame::content of = content();
  of.marks = {{1073741824, "at the right edge"}};
  EXPECT_THAT(drawn(plot_frame(of)), HasSubstr("text-anchor=\"end\" class=\"marked\""));
}

TEST(plot_frame, keeps_labels_of_near_limits_apart) {
  plot_frame::content of = content();
  of.limits = {{79, "soft"}, {80, "hard"}, {101, "outside"}};
  const std::vector<double> rows = rows_of(drawn(plot_frame(of)), "limited");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_GE(rows[1] - rows[0], 14);
}

}  // namespace
}  // namespace nearmem::page
