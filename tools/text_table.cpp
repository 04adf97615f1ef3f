#include "tools/text_table.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

namespace nearmem::tools {

std::string text_table::str() const {
  std::vector<std::size_t> widths;
  for (const row& cells : rows_) {
    widths.resize(std::max(widths.size(), cells.size()), 1);
    for (std::size_t i = 0; i < cells.size(); ++i)
      widths[i] = std::max(widths[i], cells[i].size());
  }
  std::string text;
  for (const row& cells : rows_) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string cell = cells[i].empty() ? "-" : cells[i];
      const bool right = i < right_.size() && right_[i] == 'r';
      line += right ? fmt::format("  {:>{}}", cell, widths[i])
                    : fmt::format("  {:<{}}", cell, widths[i]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string show_bytes(std::size_t bytes) {
  constexpr std::array<const char*, 7> units = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  std::size_t unit = 0;
  auto value = static_cast<double>(bytes);
  while (value >= 1024 && unit + 1 < units.size()) {
    value /= 1024;
    ++unit;
  }
  // What would round up to 1024 belongs to the next unit.
  if (std::round(value * 10) / 10 >= 1024 && unit + 1 < units.size()) {
    value /= 1024;
    ++unit;
  }
  const double tenths = std::round(value * 10) / 10;
  return tenths == std::floor(tenths) ? fmt::format("{:.0f} {}", tenths, units[unit])
                                      : fmt::format("{:.1f} {}", tenths, units[unit]);
}

std::string show_text(std::string_view text) {
  std::string shown;
  for (const char letter : text) {
    const bool printable = letter >= ' ' && letter <= '~';
    if (letter == ' ' && (shown.empty() || shown.back() == ' ')) continue;
    shown += printable ? letter : '?';
  }
  while (!shown.empty() && shown.back() == ' ')
    shown.pop_back();
  return shown;
}

}  // namespace nearmem::tools
