#include "tools/measure/report.hpp"

#include <set>
#include <string>

#include <gtest/gtest.h>

#include "tests/tools/measure/planted.hpp"

namespace nearmem::measure {
namespace {

TEST(report, finds_its_parts) {
  report made = empty_report();
  made.parts.push_back({part::cores, {}});
  EXPECT_EQ(made.find(part::cores), made.parts.data());
  EXPECT_EQ(made.find(part::paths), nullptr);
}

TEST(report, names_each_part_differently) {
  std::set<std::string> names;
  for (const part each : all_parts) {
    names.emplace(to_string(each));
    EXPECT_EQ(unit_of(each), each == part::bandwidth ? "mib_per_second" : "nanoseconds");
  }
  EXPECT_EQ(names.size(), all_parts.size());
}

TEST(report, names_states_of_verdicts) {
  EXPECT_EQ(to_string(verdict_state::decided), "decided");
  EXPECT_EQ(to_string(verdict_state::undecided), "undecided");
  EXPECT_EQ(to_string(verdict_state::not_measured), "not_measured");
}

}  // namespace
}  // namespace nearmem::measure
