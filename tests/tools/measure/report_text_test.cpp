#include "tools/measure/report_text.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/tools/measure/whole_report.hpp"
#include "tools/measure/report_json.hpp"
#include "tools/measure/report_page.hpp"

namespace nearmem::measure {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(report_text, has_a_table_for_each_part) {
  const std::string text = to_text(whole_report());
  EXPECT_THAT(text, StartsWith("measured\n"));
  for (const char* title : {"\nlatency (", "\nnodes (", "\nbandwidth (", "\ncores (",
                            "\ninterference (", "\npages (", "\nconflicts (", "\npaths ("})
    EXPECT_THAT(text, HasSubstr(title));
  EXPECT_THAT(text, HasSubstr("footprint"));
  EXPECT_THAT(text, HasSubstr("\n  remote free: not measured: one core\n"));
  EXPECT_THAT(text, HasSubstr("\nverdicts\n"));
  EXPECT_THAT(text, HasSubstr("\nbeware\n  a virtual machine"));
}

TEST(report_text, says_nothing_of_parts_that_nobody_asked_for) {
  const std::string text = to_text(empty_report());
  EXPECT_THAT(text, Not(HasSubstr("latency")));
  EXPECT_THAT(text, Not(HasSubstr("verdicts")));
}

TEST(report_text, shows_what_differs_from_an_earlier_result) {
  EXPECT_THAT(to_text(whole_report()), Not(HasSubstr("compared")));
  const std::string text = to_text(compared_report());
  EXPECT_THAT(text, HasSubstr("\ncompared with earlier.json\n"
                              "  3 figures, 1 of which differs by more than the noise\n"));
  EXPECT_THAT(text, HasSubstr("\n  paths, slab pair  8.0"));
}

// Everything that there is to beware of stands in the table, the JSON and the page.
TEST(report_text, hides_nothing_to_beware_of_nor_do_the_others) {
  report made = whole_report();
  conditions& all = made.circumstances;
  all.virtual_machine = true;
  all.cpus = 8;
  all.cores = 4;
  all.cache_levels = 1;
  all.huge_pages = "always";
  all.huge_page_share = 0.25;
  all.stolen = 0.07;
  all.others = 0.6;
  all.pace_before = 1;
  all.pace_after = 1.2;
  const std::vector<std::string> lines = warnings(all);
  ASSERT_EQ(lines.size(), 7);
  const auto document = nlohmann::json::parse(to_json(made));
  EXPECT_EQ(document["warnings"].get<std::vector<std::string>>(), lines);
  for (const std::string& each : lines) {
    EXPECT_THAT(to_text(made), HasSubstr("\n  " + each + "\n"));
    EXPECT_THAT(to_html(made), HasSubstr(">" + each + "</p>"));
  }
}

TEST(report_text, names_the_node_that_figures_are_of) {
  report made = whole_report();
  EXPECT_THAT(to_text(made), Not(HasSubstr("on node")));
  for (row& each : made.parts.front().rows)
    each.from = each.to = 3;
  EXPECT_THAT(to_text(made), HasSubstr(", by footprint)\n  on node 3\n"));
  EXPECT_THAT(to_html(made), HasSubstr("A load, by footprint, on node 3"));
}

TEST(report_text, shows_three_digits) {
  EXPECT_EQ(show_number(1.234), "1.23");
  EXPECT_EQ(show_number(9.999), "10.0");
  EXPECT_EQ(show_number(85.33), "85.3");
  EXPECT_EQ(show_number(99.96), "100");
  EXPECT_EQ(show_number(20311.4), "20311");
}

}  // namespace
}  // namespace nearmem::measure
