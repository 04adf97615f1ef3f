#include "tools/page/chart_figures.hpp"

#include <cmath>
#include <cstddef>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "tools/page/line_chart.hpp"
#include "tools/page/table.hpp"

namespace nearmem::page {
namespace {

constexpr std::size_t most_lines = 60;

std::string cell_of(const chart_point& point, unit kind) {
  if (std::isnan(point.y)) return "";
  std::string cell = show_value(point.y, kind);
  if (std::isfinite(point.low) && std::isfinite(point.high)) {
    cell += fmt::format(" ({} to {})", show_value(point.low, kind), show_value(point.high, kind));
  }
  return cell;
}

}  // namespace

std::string figures_of(const line_chart& chart) {
  std::map<double, std::vector<std::pair<std::size_t, const chart_point*>>> lines;
  for (std::size_t i = 0; i < chart.series.size(); ++i) {
    for (const chart_point& point : chart.series[i].points) {
      if (!std::isnan(point.x)) lines[point.x].emplace_back(i, &point);
    }
  }
  if (lines.empty()) return "";
  const std::size_t every = (lines.size() + most_lines - 1) / most_lines;
  table figures;
  figures.right = std::string(chart.series.size() + 1, 'r');
  figures.head = {chart.x.label};
  for (const chart_series& series : chart.series)
    figures.head.push_back(series.name);
  std::size_t number = 0;
  for (auto line = lines.begin(); line != lines.end(); ++line, ++number) {
    if (number % every != 0 && std::next(line) != lines.end()) continue;
    std::vector<std::string> cells(chart.series.size() + 1);
    cells[0] = show_value(line->first, chart.x.kind);
    for (auto [series, point] : line->second)
      cells[series + 1] = cell_of(*point, chart.y.kind);
    figures.rows.push_back(std::move(cells));
  }
  if (every > 1) {
    figures.note = fmt::format("{} of {} lines: each {}. and the last.", figures.rows.size(),
                               lines.size(), every);
  }
  return "<details><summary>Figures</summary>\n" + to_html(figures) + "</details>\n";
}

}  // namespace nearmem::page
