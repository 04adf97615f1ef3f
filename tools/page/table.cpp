#include "tools/page/table.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include <fmt/format.h>

#include "tools/page/escape.hpp"

namespace nearmem::page {
namespace {

std::string row_of(const std::vector<std::string>& cells, std::size_t columns, bool is_head,
                   std::string_view right) {
  std::string row = "<tr>";
  for (std::size_t i = 0; i < columns; ++i) {
    const bool is_name = is_head || i == 0;
    const bool is_right = i < right.size() && right[i] == 'r';
    const bool is_empty = i >= cells.size() || cells[i].empty();
    row += fmt::format("<{0}{1}{2}>{3}</{0}>", is_name ? "th" : "td",
                       !is_name  ? ""
                       : is_head ? " scope=\"col\""
                                 : " scope=\"row\"",
                       is_right ? " class=\"r\"" : "",
                       !is_empty ? escaped(cells[i])
                       : is_head ? ""
                                 : "–");
  }
  return row + "</tr>\n";
}

}  // namespace

std::string to_html(const table& of) {
  std::size_t columns = of.head.size();
  for (const std::vector<std::string>& row : of.rows)
    columns = std::max(columns, row.size());
  // Reachable by keyboard, as what scrolls must be.
  std::string html = "<div class=\"scroll\" tabindex=\"0\"><table>\n";
  if (!of.title.empty()) html += fmt::format("<caption>{}</caption>\n", escaped(of.title));
  if (!of.head.empty()) html += "<thead>" + row_of(of.head, columns, true, of.right) + "</thead>\n";
  html += "<tbody>\n";
  for (const std::vector<std::string>& row : of.rows)
    html += row_of(row, columns, false, of.right);
  html += "</tbody></table></div>\n";
  if (!of.note.empty()) html += fmt::format("<p class=\"note\">{}</p>\n", escaped(of.note));
  return html;
}

}  // namespace nearmem::page
