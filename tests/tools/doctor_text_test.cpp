#include "tools/doctor_text.hpp"

#include <cerrno>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nearmem/alloc/simulated_kernel.hpp>

#include "tests/tools/documented.hpp"
#include "tools/text_table.hpp"

namespace nearmem::tools {
namespace {

using testing::HasSubstr;
using testing::Not;

// The cells of a report: what two spaces or a line's end set apart.
std::vector<std::string> cells(const std::string& text) {
  std::vector<std::string> found;
  const std::regex cell("[^ \n]+(?: [^ \n]+)*");
  for (std::sregex_iterator each(text.begin(), text.end(), cell), end; each != end; ++each) {
    found.push_back(each->str());
  }
  return found;
}

// A value, that is nothing to be defined: a number, bytes, a set or a list of numbers, none.
bool is_value(const std::string& cell) {
  static const std::regex value(
      "-|[0-9]+(?:[-,][0-9]+)*|[0-9.]+ (?:B|[KMGTPE]iB)"
      "|nodes [0-9,-]+|(?:bind|preferred|interleave|preferred_many|weighted_interleave):[0-9,-]+");
  return std::regex_match(cell, value);
}

void expect_defined(const doctor_report& report) {
  static const std::set<std::string> words = code_words(document("docs/doctor.md"));
  std::set<std::string> models;
  for (const package& each : report.hardware.packages())
    models.insert(show_text(each.model));
  for (const std::string& cell : cells(to_text(report))) {
    EXPECT_TRUE(is_value(cell) || words.count(cell) || models.count(cell))
        << "'" << cell << "' is not defined in docs/doctor.md";
  }
}

machine from_file(const std::string& name) {
  return machine::from_xml(NEARMEM_SOURCES "/tests/topology/data/" + name + ".xml");
}

TEST(doctor_text, uses_only_words_that_the_document_defines) {
  doctor_report here = examine(machine::process(), &page_source::process());
  here.audits = {{node_id{0}, 257, 256, 1, 0}};
  expect_defined(here);
  EXPECT_THAT(to_text(here), HasSubstr("\naudit\n"));
  expect_defined(examine(machine::from_synthetic("pack:2 [numa] [numa(memory=0)] pu:2"), nullptr));
  for (const char* name :
       {"sparse_nodes", "memory_tiers", "barred_node", "without_memory", "odd_caches"}) {
    expect_defined(examine(from_file(name), nullptr));
  }
}

TEST(doctor_text, uses_only_defined_words_for_what_does_not_work) {
  for (const int error : {EPERM, ENOSYS, EINVAL}) {
    const machine hardware = machine::from_synthetic("pack:2 [numa] [numa(memory=0)] pu:1");
    simulated_kernel calls(hardware);
    calls.refuse_policy(memory_policy::kind::preferred, error);
    calls.refuse_policy(memory_policy::kind::interleave, error);
    const page_source pages(hardware, calls);
    const doctor_report report = examine(hardware, &pages);
    EXPECT_GE(report.findings.size(), 2);
    expect_defined(report);
  }
}

TEST(doctor_text, finds_a_word_that_is_not_defined) {
  const std::set<std::string> words = code_words(document("docs/doctor.md"));
  EXPECT_EQ(words.count("quux"), 0);
  EXPECT_FALSE(is_value("quux"));
  EXPECT_FALSE(is_value("17 quuxes"));
  EXPECT_EQ(cells("  a b  c\nd\n"), (std::vector<std::string>{"a b", "c", "d"}));
}

TEST(doctor_text, has_every_finding_quoted_in_the_document) {
  const std::string section = documented_section("docs/doctor.md", "## The findings");
  std::set<std::string> names;
  for (const finding& each : possible_findings()) {
    names.emplace(each.name);
    EXPECT_THAT(section,
                HasSubstr("| `" + std::string(each.name) + "` | `" + std::string(each.why) +
                          "` | `" + std::string(each.remedy) + "` |\n"));
  }
  EXPECT_EQ(first_column(section), names);
}

TEST(doctor_text, marks_simulated_machines) {
  EXPECT_THAT(to_text(examine(from_file("sparse_nodes"), nullptr)),
              HasSubstr("machine (simulated)\n"));
  if (!machine::process().is_live()) GTEST_SKIP() << "hwloc is told to load another machine";
  EXPECT_THAT(to_text(examine(machine::process(), &page_source::process())),
              Not(HasSubstr("simulated")));
}

TEST(doctor_text, shows_nodes_and_what_lies_between_them) {
  const std::string text = to_text(examine(from_file("memory_tiers"), nullptr));
  EXPECT_THAT(text, HasSubstr("     3  hbm          256 MiB  2-3   3,1,0,2,4\n"));
  EXPECT_THAT(text, HasSubstr("\ndistances\n"));
  EXPECT_THAT(text, HasSubstr("     0  10  21  13  23  28\n"));
  EXPECT_THAT(text, HasSubstr("\nlatencies (ns)\n"));
  EXPECT_THAT(text, HasSubstr("\nbandwidths (MiB/s)\n"));
}

TEST(doctor_text, puts_nodes_with_the_same_outcome_on_one_line) {
  EXPECT_THAT(to_text(examine(machine::from_synthetic("numa:4 pu:1"), nullptr)),
              HasSubstr("  bind         0-3    simulated  no\n"));
}

}  // namespace
}  // namespace nearmem::tools
