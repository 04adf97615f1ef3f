#include "tools/page/table.hpp"

#include <gmock/gmock.h>

namespace nearmem::page {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(table, has_a_head_and_names_its_rows) {
  const std::string html = to_html(table{.title = "Caches",
                                         .head = {"level", "size"},
                                         .right = "lr",
                                         .rows = {{"L1", "48 KiB"}, {"L2", "2 MiB"}},
                                         .note = "of one core"});
  EXPECT_THAT(html, HasSubstr("<caption>Caches</caption>"));
  EXPECT_THAT(html, HasSubstr("<th scope=\"col\">level</th><th scope=\"col\" class=\"r\">size"));
  EXPECT_THAT(html, HasSubstr("<th scope=\"row\">L2</th><td class=\"r\">2 MiB</td>"));
  EXPECT_THAT(html, HasSubstr("<p class=\"note\">of one core</p>"));
}

TEST(table, fills_rows_that_are_short_and_cells_that_are_empty) {
  const std::string html =
      to_html(table{.head = {"a", "b"}, .rows = {{"1"}, {"2", ""}, {"3", "4", "5"}}});
  EXPECT_THAT(html, HasSubstr("<th scope=\"row\">1</th><td>–</td><td>–</td>"));
  EXPECT_THAT(html, HasSubstr("<th scope=\"row\">2</th><td>–</td><td>–</td>"));
  EXPECT_THAT(html, HasSubstr("<td>4</td><td>5</td>"));
}

TEST(table, scrolls_in_a_box_of_its_own) {
  EXPECT_TRUE(to_html(table{.head = {"a"}, .rows = {}}).starts_with("<div class=\"scroll\""));
}

TEST(table, shows_markup_as_text) {
  const std::string html = to_html(
      table{.title = "<i>", .head = {"<b>"}, .rows = {{"<script>", "&"}}, .note = "</table>"});
  EXPECT_THAT(html, Not(HasSubstr("<script>")));
  EXPECT_THAT(html, Not(HasSubstr("<b>")));
  EXPECT_THAT(html, Not(HasSubstr("<i>")));
  EXPECT_THAT(html, HasSubstr("&lt;/table&gt;"));
}

}  // namespace
}  // namespace nearmem::page
