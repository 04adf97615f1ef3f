#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nearmem::tools {

// Lines of cells for a terminal: columns are aligned and stand two spaces apart, each line is
// indented by two. A cell whose first row is to stand at the right says so by column.
//
// A cell holds no two spaces in a row. Thread rule: one owner.
class text_table {
 public:
  using row = std::vector<std::string>;

  // `right` has an 'r' for each column that is aligned to the right, and any other letter for the
  // rest; columns beyond it are aligned to the left.
  explicit text_table(std::string right = {}) : right_(std::move(right)) {}

  // Rows may be of different lengths. An empty cell prints as "-".
  void add(row cells) { rows_.push_back(std::move(cells)); }

  // Every row as a line. O(cells).
  std::string str() const;

 private:
  std::string right_;
  std::vector<row> rows_;
};

// Bytes in the largest unit that leaves at least 1: "10.6 GiB", "32 KiB", "17 B".
std::string show_bytes(std::size_t bytes);

// Text from elsewhere, as one cell: control characters and bytes beyond ASCII become '?', and runs
// of spaces one space.
std::string show_text(std::string_view text);

}  // namespace nearmem::tools
