#include "tools/page/bar_chart.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "tools/page/escape.hpp"
#include "tools/page/scaling.hpp"
#include "tools/page/svg.hpp"

namespace nearmem::page {
namespace {

constexpr double padding = 8;
constexpr double bar_height = 16;

std::string text_of(const bar& of, unit kind) {
  std::string text = std::isnan(of.value) ? "not measured" : show_value(of.value, kind);
  if (!of.note.empty()) text += ", " + of.note;
  return text;
}

std::string title_of(const bar& of, unit kind) {
  std::string title = of.label + ": " + text_of(of, kind);
  if (std::isfinite(of.low) && std::isfinite(of.high)) {
    title += fmt::format(" ({} to {})", show_value(of.low, kind), show_value(of.high, kind));
  }
  return title;
}

range shown_of(const bar_chart& chart) {
  std::vector<double> values;
  for (const bar& each : chart.bars)
    values.insert(values.end(), {each.value, each.low, each.high});
  if (chart.kept == scale::linear) values.push_back(0);
  range shown = shown_range({.kept = chart.kept}, range_of(values, chart.kept));
  // Room to the left of the least point.
  if (chart.kept != scale::linear) shown.low *= 0.8;
  return shown;
}

// Where things are in a picture of a width: labels in a column of their own, or above the bars.
struct layout {
  layout(const bar_chart& chart, double width) : stacked(width < 500) {
    for (const bar& each : chart.bars) {
      text = std::max(text, std::min(text_width(text_of(each, chart.kind)), width / 3));
      label = std::max(label, std::min(text_width(each.label), width * 0.4));
    }
    left = stacked ? 0 : label + padding;
    right = width - text - padding;
    row_height = stacked ? 42 : 28;
    height = row_height * static_cast<double>(chart.bars.size()) + padding;
  }

  bool stacked;
  double label = 0;
  double text = 0;
  double left = 0;
  double right = 0;
  double row_height = 0;
  double height = 0;
};

void draw_bar(svg& picture, const bar_chart& chart, const bar& of, const layout& place, double top,
              double width) {
  const scaling along(shown_of(chart), chart.kept, place.left, place.right);
  const double middle = top + (place.stacked ? 29 : place.row_height / 2);
  if (place.stacked) {
    picture.text({0, top + 15}, anchor::start, fitted(of.label, width), "label", of.label);
  } else {
    picture.text({place.left - padding, middle + 4}, anchor::end, fitted(of.label, place.label + 1),
                 "label", of.label);
  }
  double end = place.left;
  if (std::optional<double> at = along.place_inside(of.value)) {
    if (chart.kept == scale::linear) {
      const double zero = along.place_inside(0).value_or(place.left);
      picture.rectangle({std::min(zero, *at), middle - bar_height / 2}, std::abs(*at - zero),
                        bar_height, "bar", title_of(of, chart.kind));
    } else {
      picture.line({place.left, middle}, {place.right, middle}, "grid");
      picture.marker({*at, middle}, 0, "point c0", title_of(of, chart.kind));
    }
    end = std::max(end, *at);
  }
  const std::optional<double> low = along.place_inside(of.low);
  const std::optional<double> high = along.place_inside(of.high);
  if (low && high) {
    picture.line({*low, middle}, {*high, middle}, "whisker");
    for (double at : {*low, *high})
      picture.line({at, middle - 4}, {at, middle + 4}, "whisker");
    end = std::max(end, *high);
  }
  picture.text({end + padding, middle + 4}, anchor::start,
               fitted(text_of(of, chart.kind), width - end - padding),
               std::isnan(of.value) ? "faint" : "value");
}

std::string picture_of(const bar_chart& chart, double width, std::string_view classes) {
  const layout place(chart, width);
  svg picture(width, place.height, classes, chart.title);
  double top = 0;
  for (const bar& each : chart.bars) {
    draw_bar(picture, chart, each, place, top, width);
    top += place.row_height;
  }
  return picture.str();
}

}  // namespace

std::string to_html(const bar_chart& chart) {
  constexpr double wide = 760;
  constexpr double narrow = 360;
  std::string html = fmt::format("<figure><figcaption>{}</figcaption>", escaped(chart.title));
  if (chart.bars.empty()) {
    html += "<p class=\"note\">no values</p>";
  } else {
    html += picture_of(chart, wide, "wide") + picture_of(chart, narrow, "narrow");
  }
  if (!chart.note.empty()) html += fmt::format("<p class=\"note\">{}</p>", escaped(chart.note));
  return html + "</figure>\n";
}

}  // namespace nearmem::page
