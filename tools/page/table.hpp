#pragma once

#include <string>
#include <vector>

namespace nearmem::page {

// Cells of text under headings. `right` has an 'r' for each column that is aligned to the right, as
// numbers are, and any other letter for the rest; columns beyond it are aligned to the left. The
// first cell of a row names the row. Rows may be shorter than the head or longer; an empty cell is
// shown as a dash.
struct table {
  std::string title{};
  std::vector<std::string> head;
  std::string right{};
  std::vector<std::vector<std::string>> rows;
  std::string note{};
};

// The table in a box of its own that scrolls sideways where the window is narrower. O(cells).
std::string to_html(const table& of);

}  // namespace nearmem::page
