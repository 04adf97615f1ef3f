#pragma once

#include <limits>
#include <string>
#include <vector>

#include "tools/page/axis.hpp"
#include "tools/page/plot_frame.hpp"

namespace nearmem::page {

// A value at a place; with `low` and `high` the dispersion it was found with. A y that is NaN or
// infinite is a gap in the line.
struct chart_point {
  static constexpr double missing = std::numeric_limits<double>::quiet_NaN();

  double x = missing;
  double y = missing;
  double low = missing;
  double high = missing;
};

// Points in ascending order of x.
struct chart_series {
  std::string name;
  std::vector<chart_point> points;
};

// Curves over a common axis. A linear y begins at 0 unless y.low says otherwise or something lies
// below; both axes show every point, y also every limit.
struct line_chart {
  std::string title;
  std::string note{};  // below the chart: what to see in it, or what to beware of
  axis x{};
  axis y{};
  std::vector<chart_series> series{};
  std::vector<marked_value> marks{};   // upright, at values of x
  std::vector<marked_value> limits{};  // level, at values of y
};

// The chart as a figure: legend, one picture for wide windows and one for narrow ones (the style
// sheet shows one of them), the figures as a table to unfold. Size is bounded by the pixels, not
// by the points. O(points × log(points)).
std::string to_html(const line_chart& chart);

}  // namespace nearmem::page
