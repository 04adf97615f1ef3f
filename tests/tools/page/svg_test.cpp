#include "tools/page/svg.hpp"

#include <array>
#include <cmath>
#include <string>

#include <gmock/gmock.h>

namespace nearmem::page {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(svg, says_how_large_it_is_and_what_it_shows) {
  EXPECT_EQ(svg(100.04, 50, "wide", "a < b").str(),
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 100 50\" width=\"100\" "
            "height=\"50\" class=\"wide\" role=\"img\" aria-label=\"a &lt; b\"></svg>");
}

TEST(svg, draws_shapes_with_their_classes) {
  svg picture(10, 10, "", "");
  picture.line({0, 1.26}, {2, 3}, "grid");
  EXPECT_THAT(picture.str(),
              HasSubstr("<line x1=\"0\" y1=\"1.3\" x2=\"2\" y2=\"3\" class=\"grid\"/>"));
  const std::array points = {pixel{0, 1}, pixel{2.5, 3}};
  picture.polyline(points, "series c0");
  EXPECT_THAT(picture.str(), HasSubstr("<polyline class=\"series c0\" points=\"0,1 2.5,3\"/>"));
  picture.rectangle({1, 2}, 3, -4, "heat", "", 0.5);
  EXPECT_THAT(picture.str(), HasSubstr("<rect x=\"1\" y=\"2\" width=\"3\" height=\"0\" "
                                       "class=\"heat\" fill-opacity=\"0.50\"/>"));
}

TEST(svg, escapes_texts_and_titles) {
  svg picture(10, 10, "", "");
  picture.text({1, 2}, anchor::end, "a<b", "tick", "c&d");
  picture.marker({3, 4}, 0, "point c0", "\"x\"");
  EXPECT_THAT(picture.str(), HasSubstr("<text x=\"1\" y=\"2\" text-anchor=\"end\" class=\"tick\">"
                                       "a&lt;b<title>c&amp;d</title></text>"));
  EXPECT_THAT(picture.str(), HasSubstr("class=\"point c0\"><title>&quot;x&quot;</title></path>"));
}

TEST(svg, never_writes_a_coordinate_that_is_no_number) {
  svg picture(10, 10, "", "");
  picture.line({std::nan(""), 1e300}, {-0.01, -HUGE_VAL}, "grid");
  EXPECT_THAT(picture.str(), HasSubstr("<line x1=\"0\" y1=\"0\" x2=\"0\" y2=\"0\""));
}

TEST(svg, has_markers_of_different_shapes_that_repeat) {
  auto drawn = [](std::size_t shape) {
    svg picture(10, 10, "", "");
    picture.marker({5, 5}, shape, "");
    return picture.str();
  };
  for (std::size_t i = 1; i < svg::marker_shapes; ++i)
    EXPECT_NE(drawn(0), drawn(i));
  EXPECT_EQ(drawn(1), drawn(svg::marker_shapes + 1));
}

TEST(svg, fits_texts_into_a_width) {
  EXPECT_EQ(fitted("short", 100), "short");
  const std::string cut = fitted("a name that is too long for its column", 100);
  EXPECT_TRUE(cut.ends_with("…"));
  EXPECT_LE(text_width(cut), 100);
  EXPECT_EQ(fitted("abc", 0), "a…") << "never nothing";
  EXPECT_GT(text_width("節節"), text_width("ab"));
  EXPECT_LE(fitted(std::string(10'000'000, 'x'), 100).size(), 20U);
}

}  // namespace
}  // namespace nearmem::page
