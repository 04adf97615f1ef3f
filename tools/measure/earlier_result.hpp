#pragma once

#include <string>
#include <vector>

#include "tools/measure/report.hpp"

namespace nearmem::measure {

// What an earlier run printed as JSON: its figures, to be held against those of another run.
struct earlier_result {
  std::string file{};
  std::string fingerprint{};
  std::vector<part_report> parts{};  // rows that have a figure
};

// Throws std::runtime_error with one line that names the file and what is wrong with it: it cannot
// be read, is damaged, or is of another version.
earlier_result read_earlier_result(const std::string& file);

// Every figure of `now` beside the earlier one of the same part, series, bytes, and ends.
// O(rows^2).
agreement agree(const report& now, const earlier_result& earlier);

}  // namespace nearmem::measure
