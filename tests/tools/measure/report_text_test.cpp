#include "tools/measure/report_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/tools/measure/whole_report.hpp"

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

TEST(report_text, shows_three_digits) {
  EXPECT_EQ(show_number(1.234), "1.23");
  EXPECT_EQ(show_number(9.999), "10.0");
  EXPECT_EQ(show_number(85.33), "85.3");
  EXPECT_EQ(show_number(99.96), "100");
  EXPECT_EQ(show_number(20311.4), "20311");
}

}  // namespace
}  // namespace nearmem::measure
