#pragma once

#include <string>

namespace nearmem::page {

struct line_chart;

// The chart's values as a table to unfold, a line for each x, a column for each series: what a
// pointer reads from the picture, for those who have none. Where there are more than 60 lines,
// every n-th and the last; the table says so. Nothing for a chart without values. O(points ×
// log(points)).
std::string figures_of(const line_chart& chart);

}  // namespace nearmem::page
