#include "tools/page/svg.hpp"

#include <array>
#include <cmath>
#include <cstddef>

#include <fmt/format.h>

#include "tools/page/escape.hpp"

namespace nearmem::page {
namespace {

// A coordinate to a tenth of a pixel, without decimals that say nothing.
std::string number(double value) {
  constexpr double outermost = 1e6;
  if (!(std::abs(value) <= outermost)) value = 0;
  std::string digits = fmt::format("{:.1f}", value);
  if (digits.ends_with(".0")) digits.resize(digits.size() - 2);
  return digits == "-0" ? "0" : digits;
}

std::string class_of(std::string_view classes) {
  return classes.empty() ? "" : fmt::format(" class=\"{}\"", escaped(classes));
}

const char* word(anchor stands) {
  return stands == anchor::start ? "start" : stands == anchor::middle ? "middle" : "end";
}

// Paths around 0 0.
constexpr std::array<const char*, svg::marker_shapes> shapes = {
    "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z",
    "m-3.5 -3.5h7v7h-7z",
    "m0 -4.5l4.5 8h-9z",
    "m0 -5l5 5l-5 5l-5 -5z",
    "m0 4.5l4.5 -8h-9z",
    "m-1.5 -4.5h3v3h3v3h-3v3h-3v-3h-3v-3h3z",
};

}  // namespace

svg::svg(double width, double height, std::string_view classes, std::string_view label)
    : text_(fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" "
                        "width=\"{0}\" height=\"{1}\"{2} role=\"img\" aria-label=\"{3}\">",
                        number(width), number(height), class_of(classes), escaped(label))) {}

void svg::close(std::string_view name, std::string_view title) {
  if (title.empty()) {
    text_ += "/>";
  } else {
    text_ += fmt::format("><title>{}</title></{}>", escaped(title), name);
  }
}

void svg::line(pixel from, pixel to, std::string_view classes) {
  text_ += fmt::format("<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"{}/>", number(from.x),
                       number(from.y), number(to.x), number(to.y), class_of(classes));
}

void svg::rectangle(pixel corner, double width, double height, std::string_view classes,
                    std::string_view title, double opacity) {
  text_ += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"{}", number(corner.x),
                       number(corner.y), number(std::fmax(width, 0)), number(std::fmax(height, 0)),
                       class_of(classes));
  if (opacity < 1) text_ += fmt::format(" fill-opacity=\"{:.2f}\"", std::fmax(opacity, 0));
  close("rect", title);
}

void svg::polyline(std::span<const pixel> points, std::string_view classes) {
  text_ += fmt::format("<polyline{} points=\"", class_of(classes));
  for (std::size_t i = 0; i < points.size(); ++i)
    text_ += fmt::format("{}{},{}", i == 0 ? "" : " ", number(points[i].x), number(points[i].y));
  text_ += "\"/>";
}

void svg::text(pixel at, anchor stands, std::string_view text, std::string_view classes,
               std::string_view title) {
  text_ += fmt::format("<text x=\"{}\" y=\"{}\"", number(at.x), number(at.y));
  if (stands != anchor::start) text_ += fmt::format(" text-anchor=\"{}\"", word(stands));
  text_ += fmt::format("{}>{}", class_of(classes), escaped(text));
  if (!title.empty()) text_ += fmt::format("<title>{}</title>", escaped(title));
  text_ += "</text>";
}

void svg::marker(pixel at, std::size_t shape, std::string_view classes, std::string_view title) {
  text_ += fmt::format("<path d=\"M{} {}{}\"{}", number(at.x), number(at.y),
                       shapes[shape % marker_shapes], class_of(classes));
  close("path", title);
}

double text_width(std::string_view text, double size) {
  // Beyond Latin, Greek and Cyrillic letters are often as wide as high; those take three bytes.
  const std::size_t letters = code_points(text);
  const std::size_t wide = text.size() > letters * 2 ? letters : 0;
  return size * (0.58 * static_cast<double>(letters - wide) + 1.05 * static_cast<double>(wide));
}

std::string fitted(std::string_view text, double width, double size) {
  if (text_width(text, size) <= width) return std::string(text);
  constexpr std::size_t longest =
      500;  // of names that make sense; looking for the end is quadratic
  text = first_code_points(text, longest);
  std::size_t count = code_points(text);
  while (count > 1 && text_width(first_code_points(text, count), size) + size > width)
    --count;
  return std::string(first_code_points(text, count)) + "…";
}

}  // namespace nearmem::page
