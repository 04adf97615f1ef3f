#include "tools/measure/report_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/tools/measure/whole_report.hpp"

namespace nearmem::measure {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(report_page, shows_every_part) {
  const std::string page = to_html(whole_report());
  EXPECT_THAT(page, StartsWith("<!DOCTYPE html>"));
  for (const char* title :
       {"A load, by footprint", "s CPUs to a node", "Bandwidth of a read", "Bandwidth of a copy",
        "A line to another core and back", "An increment, by distance", "work for every 4 KiB",
        "A load of 512 lines in turn", "hot paths"})
    EXPECT_THAT(page, HasSubstr(title));
  EXPECT_THAT(page, HasSubstr("L2"));
  EXPECT_THAT(page, HasSubstr("a virtual machine"));
  EXPECT_THAT(page, HasSubstr("no other core"));
  EXPECT_THAT(page, HasSubstr("one core"));
}

TEST(report_page, shows_verdicts_and_what_was_refused) {
  report made = whole_report();
  made.verdicts = {{.name = "remote",
                    .state = verdict_state::undecided,
                    .text = "not decided: noise 12 % exceeds effect 3.0 %"}};
  EXPECT_THAT(to_html(made), HasSubstr("not decided: noise 12 % exceeds effect 3.0 %"));
}

TEST(report_page, shows_what_differs_from_an_earlier_result) {
  const std::string page = to_html(compared_report());
  EXPECT_THAT(page, HasSubstr("Compared with earlier.json"));
  EXPECT_THAT(page, HasSubstr("paths, slab pair"));
  EXPECT_THAT(to_html(whole_report()), Not(HasSubstr("Compared with")));
}

TEST(report_page, is_a_page_without_parts_too) {
  const std::string page = to_html(empty_report());
  EXPECT_THAT(page, HasSubstr("fingerprint"));
  EXPECT_THAT(page, Not(HasSubstr("Verdicts")));
}

}  // namespace
}  // namespace nearmem::measure
