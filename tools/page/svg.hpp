#pragma once

#include <span>
#include <string>
#include <string_view>

namespace nearmem::page {

struct pixel {
  double x = 0;
  double y = 0;
};

// How a text stands to its place.
enum class anchor { start, middle, end };

// A picture in the making: shapes are appended in drawing order and styled by classes of the
// page's style sheet. All text is escaped here and nowhere else; coordinates that are no numbers
// are drawn at 0. `title`, where it is not empty, is what a browser shows when the pointer rests on
// the shape.
//
// Thread rule: one owner.
class svg {
 public:
  // A picture of width × height pixels; `label` says what it shows to those who cannot see it.
  svg(double width, double height, std::string_view classes, std::string_view label);

  void line(pixel from, pixel to, std::string_view classes);
  void rectangle(pixel corner, double width, double height, std::string_view classes,
                 std::string_view title = {}, double opacity = 1);
  void polyline(std::span<const pixel> points, std::string_view classes);
  void text(pixel at, anchor stands, std::string_view text, std::string_view classes = {},
            std::string_view title = {});
  // A marker of about 8 pixels; shapes repeat after marker_shapes.
  void marker(pixel at, std::size_t shape, std::string_view classes, std::string_view title = {});
  static constexpr std::size_t marker_shapes = 6;

  // The picture as an element of HTML, which is well-formed XML too.
  std::string str() const { return text_ + "</svg>"; }

 private:
  void close(std::string_view name, std::string_view title);

  std::string text_;
};

// How wide a text will be about, in a sans-serif font of `size` pixels: fonts are the reader's, so
// this is a cautious guess.
double text_width(std::string_view text, double size = 12);

// The text, or as much of its beginning as is no wider than `width`, and an ellipsis.
std::string fitted(std::string_view text, double width, double size = 12);

}  // namespace nearmem::page
