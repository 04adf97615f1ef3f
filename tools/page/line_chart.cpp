#include "tools/page/line_chart.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <optional>

#include <fmt/format.h>

#include "tools/page/chart_figures.hpp"
#include "tools/page/escape.hpp"
#include "tools/page/series_look.hpp"
#include "tools/page/svg.hpp"
#include "tools/page/thinned.hpp"

namespace nearmem::page {
namespace {

// Of a series' points as many have a marker as leave this many pixels between them.
constexpr double between_markers = 18;
constexpr double between_whiskers = 3;

plot_frame::content content_of(const line_chart& chart, double width) {
  std::vector<double> x;
  std::vector<double> y;
  for (const chart_series& series : chart.series) {
    for (const chart_point& point : series.points) {
      if (!is_placeable(point.x, chart.x.kept) || !is_placeable(point.y, chart.y.kept)) continue;
      x.push_back(point.x);
      y.insert(y.end(), {point.y, point.low, point.high});
    }
  }
  for (const marked_value& limit : chart.limits)
    y.push_back(limit.at);
  axis upright = chart.y;
  if (upright.kept == scale::linear && !upright.low) y.push_back(0);
  constexpr std::size_t y_ticks = 6;
  range y_shown = shown_range(upright, range_of(y, upright.kept));
  if (!upright.high) y_shown = rounded_out(y_shown, upright.kept, upright.kind, y_ticks);
  return {.x = chart.x,
          .y = chart.y,
          .x_shown = shown_range(chart.x, range_of(x, chart.x.kept)),
          .y_shown = y_shown,
          .marks = chart.marks,
          .limits = chart.limits,
          .width = width,
          .plot_height = width < 500 ? 210.0 : 280.0};
}

// The series' runs of points without a gap, as pixels.
std::vector<std::vector<pixel>> runs_of(const chart_series& series, const plot_frame& frame) {
  std::vector<std::vector<pixel>> runs(1);
  for (const chart_point& point : series.points) {
    const std::optional<double> x = frame.x().place(point.x);
    const std::optional<double> y = frame.y().place(point.y);
    if (x && y) {
      runs.back().push_back({*x, *y});
    } else if (!runs.back().empty()) {
      runs.emplace_back();
    }
  }
  if (runs.back().empty()) runs.pop_back();
  return runs;
}

std::string title_of(const line_chart& chart, const chart_series& series,
                     const chart_point& point) {
  std::string title = fmt::format("{}: {} at {}", series.name, show_value(point.y, chart.y.kind),
                                  show_value(point.x, chart.x.kind));
  if (std::isfinite(point.low) && std::isfinite(point.high)) {
    title += fmt::format(" ({} to {})", show_value(point.low, chart.y.kind),
                         show_value(point.high, chart.y.kind));
  }
  return title;
}

void draw_points(svg& picture, const line_chart& chart, std::size_t index,
                 const plot_frame& frame) {
  const chart_series& series = chart.series[index];
  const series_look look = look_of(index);
  const auto most = static_cast<std::size_t>((frame.right() - frame.left()) / between_markers);
  const std::size_t every = (series.points.size() + most - 1) / most;
  // Whiskers of several series stand side by side.
  const double aside =
      (static_cast<double>(index) - static_cast<double>(chart.series.size() - 1) / 2) *
      between_whiskers;
  for (std::size_t i = 0; i < series.points.size(); ++i) {
    const chart_point& point = series.points[i];
    const std::optional<double> x = frame.x().place(point.x);
    const std::optional<double> y = frame.y().place(point.y);
    // Series begin their markers at different points, so that equal lines do not hide each other.
    if (!x || !y || (every > 1 && i % every != index * 3 % every)) continue;
    const std::optional<double> low = frame.y().place_inside(point.low);
    const std::optional<double> high = frame.y().place_inside(point.high);
    if (low && high && std::abs(*high - *low) >= 1) {
      picture.line({*x + aside, *low}, {*x + aside, *high}, look.whisker);
    }
    picture.marker({*x, *y}, look.marker, look.point, title_of(chart, series, point));
  }
}

std::string picture_of(const line_chart& chart, double width, std::string_view classes) {
  const plot_frame frame(content_of(chart, width));
  svg picture(width, frame.height(), classes, chart.title);
  frame.draw_under(picture);
  bool empty = true;
  for (std::size_t i = 0; i < chart.series.size(); ++i) {
    for (const std::vector<pixel>& run : runs_of(chart.series[i], frame)) {
      empty = false;
      const series_look look = look_of(i);
      // A point alone has no line; it must not be lost among markers left out.
      if (run.size() == 1) {
        picture.marker(run.front(), look.marker, look.point);
      } else {
        picture.polyline(thinned(run), look.line);
      }
    }
  }
  for (std::size_t i = 0; i < chart.series.size(); ++i)
    draw_points(picture, chart, i, frame);
  frame.draw_over(picture);
  if (empty) {
    picture.text({(frame.left() + frame.right()) / 2, (frame.top() + frame.bottom()) / 2},
                 anchor::middle, "no values", "empty");
  }
  return picture.str();
}

std::string legend_of(const line_chart& chart) {
  if (chart.series.empty()) return "";
  std::string legend = "<ul class=\"legend\">";
  for (std::size_t i = 0; i < chart.series.size(); ++i) {
    const series_look look = look_of(i);
    svg swatch(34, 14, "swatch", "");
    const std::array<pixel, 2> line = {pixel{0, 7}, pixel{34, 7}};
    swatch.polyline(line, look.line);
    swatch.marker({17, 7}, look.marker, look.point);
    legend += fmt::format("<li>{}{}</li>", swatch.str(), escaped(chart.series[i].name));
  }
  return legend + "</ul>";
}

}  // namespace

std::string to_html(const line_chart& chart) {
  constexpr double wide = 760;
  constexpr double narrow = 360;
  std::string html = fmt::format("<figure><figcaption>{}</figcaption>", escaped(chart.title));
  html += legend_of(chart);
  html += picture_of(chart, wide, "wide");
  html += picture_of(chart, narrow, "narrow");
  if (!chart.note.empty()) html += fmt::format("<p class=\"note\">{}</p>", escaped(chart.note));
  return html + figures_of(chart) + "</figure>\n";
}

}  // namespace nearmem::page
