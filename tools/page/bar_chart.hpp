#pragma once

#include <limits>
#include <string>
#include <vector>

#include "tools/page/axis.hpp"
#include "tools/page/unit.hpp"

namespace nearmem::page {

// A value with the dispersion it was found with; NaN where it has not been measured, and low and
// high where that is not known.
struct bar {
  static constexpr double missing = std::numeric_limits<double>::quiet_NaN();

  std::string label;
  double value = missing;
  double low = missing;
  double high = missing;
  std::string note{};  // after the value, in words: "refused: noise"
};

//  first touch, 4 KiB  ▇▇▇▇▇▇▇▇▇▇▇├─┤  412 ns
//  purge               ▇▇▇▇├┤          130 ns
//
// Values as bars, each with a whisker from low to high. Bars begin at 0; on a logarithmic scale,
// which has none, values are points on their whiskers.
struct bar_chart {
  std::string title;
  std::string note{};
  unit kind = unit::number;
  scale kept = scale::linear;
  std::vector<bar> bars{};
};

// The chart as a figure, in one picture for wide windows and one for narrow ones, where a bar's
// label stands above it. O(bars).
std::string to_html(const bar_chart& chart);

}  // namespace nearmem::page
