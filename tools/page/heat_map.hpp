#pragma once

#include <string>
#include <vector>

#include "tools/page/axis.hpp"
#include "tools/page/unit.hpp"

namespace nearmem::page {

// A matrix with a value in each cell, warmer the greater it is: latencies from nodes to nodes.
//
// values[row][column]; NaN, and what is not there, has not been measured and says so.
struct heat_map {
  std::string title;
  std::string note{};
  std::string row_word{};     // what rows are: "from"
  std::string column_word{};  // what columns are: "to"
  std::vector<std::string> rows{};
  std::vector<std::string> columns{};
  std::vector<std::vector<double>> values{};
  unit kind = unit::number;
  scale kept = scale::linear;
};

// The matrix as a figure that scrolls sideways where the window is narrower. O(cells).
std::string to_html(const heat_map& map);

}  // namespace nearmem::page
