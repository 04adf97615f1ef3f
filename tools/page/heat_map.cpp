#include "tools/page/heat_map.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "tools/page/escape.hpp"
#include "tools/page/scaling.hpp"
#include "tools/page/svg.hpp"

namespace nearmem::page {
namespace {

constexpr double row_height = 34;
constexpr double head_height = 26;
constexpr double gap = 2;  // between cells
constexpr double padding = 10;
constexpr double widest_label = 150;
constexpr double arrow = 16;  // and the space before it

double value_of(const heat_map& map, std::size_t row, std::size_t column) {
  if (row >= map.values.size() || column >= map.values[row].size()) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  return map.values[row][column];
}

struct layout {
  explicit layout(const heat_map& map) {
    for (const std::string& row : map.rows)
      left = std::max(left, std::min(text_width(row), widest_label) + padding);
    for (const std::string& column : map.columns)
      cell_width = std::max(cell_width, std::min(text_width(column), widest_label) + padding);
    for (const std::vector<double>& row : map.values) {
      for (double value : row)
        cell_width = std::max(cell_width, text_width(show_value(value, map.kind)) + padding);
    }
    if (!map.row_word.empty()) {
      left = std::max(left, std::min(text_width(map.row_word), widest_label) + arrow + padding / 2);
    }
    top = head_height + (map.column_word.empty() ? 0 : head_height - padding);
    width = left + cell_width * static_cast<double>(map.columns.size());
    if (!map.column_word.empty()) {
      width = std::max(width, left + text_width(map.column_word) + padding);
    }
    height = top + row_height * static_cast<double>(map.rows.size());
  }

  double left = 0;
  double top = 0;
  double cell_width = 52;
  double width = 0;
  double height = 0;
};

void draw_cell(svg& picture, const heat_map& map, const layout& place, std::size_t row,
               std::size_t column, const std::optional<scaling>& warmth) {
  const double value = value_of(map, row, column);
  const pixel corner{place.left + place.cell_width * static_cast<double>(column),
                     place.top + row_height * static_cast<double>(row)};
  const std::string where = fmt::format("{} {}, {} {}: ", map.row_word, map.rows[row],
                                        map.column_word, map.columns[column]);
  const double width = place.cell_width - gap;
  const double height = row_height - gap;
  if (std::isnan(value)) {
    picture.rectangle(corner, width, height, "unmeasured", where + "not measured");
  } else {
    // Infinite values are as warm as the warmest.
    const double warm = warmth ? warmth->place_inside(value).value_or(1) : 1;
    picture.rectangle(corner, width, height, "heat", where + show_value(value, map.kind), warm);
  }
  picture.text({corner.x + width / 2, corner.y + row_height / 2 + 3}, anchor::middle,
               show_value(value, map.kind), std::isnan(value) ? "cell faint" : "cell");
}

}  // namespace

std::string to_html(const heat_map& map) {
  constexpr double coldest = 0.06;
  constexpr double warmest = 0.62;  // the page's text stays readable on it
  const layout place(map);
  std::vector<double> all;
  bool unmeasured = false;
  for (std::size_t row = 0; row < map.rows.size(); ++row) {
    for (std::size_t column = 0; column < map.columns.size(); ++column) {
      all.push_back(value_of(map, row, column));
      unmeasured = unmeasured || std::isnan(all.back());
    }
  }
  std::optional<scaling> warmth;
  if (std::optional<range> of = range_of(all, map.kept); of && of->low < of->high) {
    warmth.emplace(*of, map.kept, coldest, warmest);
  } else {
    warmth.emplace(range{0, 1}, scale::linear, coldest, coldest);
  }
  svg picture(place.width, place.height, "natural", map.title);
  if (!map.column_word.empty()) {
    picture.text({place.left, head_height / 2}, anchor::start, map.column_word + " →", "axis");
  }
  if (!map.row_word.empty()) {
    picture.text({0, place.top - 8}, anchor::start, fitted(map.row_word, widest_label) + " ↓",
                 "axis");
  }
  for (std::size_t column = 0; column < map.columns.size(); ++column) {
    const double at = place.left + place.cell_width * static_cast<double>(column);
    picture.text({at + (place.cell_width - gap) / 2, place.top - 8}, anchor::middle,
                 fitted(map.columns[column], place.cell_width), "tick", map.columns[column]);
  }
  for (std::size_t row = 0; row < map.rows.size(); ++row) {
    const double middle = place.top + row_height * (static_cast<double>(row) + 0.5) + 3;
    picture.text({place.left - padding / 2, middle}, anchor::end,
                 fitted(map.rows[row], widest_label), "tick", map.rows[row]);
    for (std::size_t column = 0; column < map.columns.size(); ++column)
      draw_cell(picture, map, place, row, column, warmth);
  }
  std::string html = fmt::format(
      "<figure><figcaption>{}</figcaption><div class=\"scroll\" tabindex=\"0\">{}</div>",
      escaped(map.title), picture.str());
  if (unmeasured) html += "<p class=\"note\">– not measured</p>";
  if (!map.note.empty()) html += fmt::format("<p class=\"note\">{}</p>", escaped(map.note));
  return html + "</figure>\n";
}

}  // namespace nearmem::page
