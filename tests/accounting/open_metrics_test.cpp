#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

#include <nearmem/accounting/open_metrics.hpp>
#include <nearmem/accounting/statistics_words.hpp>

#include "tests/accounting/open_metrics_parser.hpp"
#include "tests/accounting/sample_statistics.hpp"

namespace nearmem {
namespace {

using label_set = open_metrics_parser::label_set;

TEST(open_metrics, is_read_by_a_parser_that_takes_nothing_else) {
  const auto families = open_metrics_parser::parse(to_open_metrics(sample_statistics()));
  const label_set mempool{{"resource", "mempool"}, {"instance", "1"}};
  EXPECT_EQ(families.at("nearmem_resource_charged_bytes").samples.at(mempool), 900'000);
  EXPECT_EQ(families.at("nearmem_resource_charged_bytes").unit, "bytes");
  EXPECT_EQ(families.at("nearmem_resource_blocks").samples.at(mempool), 1234);
  EXPECT_EQ(families.at("nearmem_resource_blocks").unit, "");
  const label_set odd{{"resource", "odd \"name\"\\ with\nlines \u00FC"}, {"instance", "2"}};
  EXPECT_EQ(families.at("nearmem_resource_footprint_bytes").samples.at(odd), 8192);
  EXPECT_EQ(families.at("nearmem_resource_requested_bytes").samples.count(odd), 0);
  EXPECT_EQ(families.at("nearmem_pages_committed_bytes").samples.at({}), 1'253'280);
  EXPECT_EQ(families.at("nearmem_machine_live").samples.at({}), 0);
  const label_set cells{{"resource", "mempool"}, {"instance", "1"}, {"cell_bytes", "64"}};
  EXPECT_EQ(families.at("nearmem_size_class_utilisation_ratio").samples.at(cells), 0.4688);
  const label_set node{{"node", "2"},
                       {"kind", "memory_only"},
                       {"cpus", ""},
                       {"policy", "simulated"},
                       {"fallback_order", "2,0"}};
  EXPECT_EQ(families.at("nearmem_node_info").samples.at(node), 1);
}

TEST(open_metrics, has_a_metric_for_every_word_that_is_a_number_with_its_meaning_as_help) {
  const auto families = open_metrics_parser::parse(to_open_metrics(sample_statistics()));
  std::size_t expected = 0;
  for (const statistics_section& section : statistics_sections()) {
    bool has_text = false;
    for (std::size_t i = section.identity; i < section.words.size(); ++i) {
      const statistics_word& word = section.words[i];
      const std::string name = "nearmem_" + std::string(section.name) + '_' + word.key();
      switch (word.unit) {
        case statistics_unit::text:
        case statistics_unit::list:
          has_text = true;
          break;
        case statistics_unit::address:
          EXPECT_EQ(families.count(name), 0) << name;
          break;
        default:
          ASSERT_EQ(families.count(name), 1) << name;
          EXPECT_EQ(families.at(name).help, word.meaning);
          ++expected;
      }
    }
    if (has_text) ++expected;
  }
  EXPECT_EQ(families.size(), expected);
}

TEST(open_metrics, says_the_same_sums_as_the_books) {
  const auto families = open_metrics_parser::parse(to_open_metrics(sample_statistics()));
  double named = 0;
  for (const auto& [labels, bytes] : families.at("nearmem_resource_footprint_bytes").samples) {
    named += bytes;
  }
  EXPECT_EQ(named, families.at("nearmem_pages_named_bytes").samples.at({}));
}

TEST(open_metrics, of_nothing_is_still_valid) {
  EXPECT_NO_THROW(open_metrics_parser::parse(to_open_metrics({})));
}

TEST(open_metrics, is_refused_by_the_parser_when_anything_is_wrong) {
  const std::string head = "# TYPE a_bytes gauge\n# UNIT a_bytes bytes\n# HELP a_bytes A.\n";
  EXPECT_NO_THROW(open_metrics_parser::parse(head + "a_bytes{b=\"c\"} 1\n# EOF\n"));
  for (const std::string& wrong : {
           head + "a_bytes 1\n",                                         // no end
           head + "a_bytes 1\n# EOF",                                    // no end of the last line
           head + "# EOF\na_bytes 1\n",                                  // something after the end
           head + "\na_bytes 1\n# EOF\n",                                // an empty line
           head + "b_bytes 1\n# EOF\n",                                  // of another family
           head + "a_bytes x\n# EOF\n",                                  // not a number
           head + "a_bytes  1\n# EOF\n",                                 // two blanks
           head + "a_bytes 1\na_bytes 2\n# EOF\n",                       // the series twice
           head + "a_bytes{b=\"c\",b=\"d\"} 1\n# EOF\n",                 // the label twice
           head + "a_bytes{b=\"c\\t\"} 1\n# EOF\n",                      // an unknown escape
           head + "a_bytes{b=\"c\"d\"} 1\n# EOF\n",                      // a quote not escaped
           head + "a_bytes{} 1\n# EOF\n",                                // no label
           head + "a_bytes{1b=\"c\"} 1\n# EOF\n",                        // a wrong name
           head + "a_bytes 1\n" + head + "# EOF\n",                      // the family twice
           head + "# UNIT a_bytes seconds\na_bytes 1\n# EOF\n",          // a second unit
           std::string("# TYPE a gauge\n# UNIT a bytes\na 1\n# EOF\n"),  // unit not in the name
           head + "a_bytes{b=\"\xFF\"} 1\n# EOF\n",                      // not UTF-8
       }) {
    EXPECT_THROW(open_metrics_parser::parse(wrong), std::runtime_error) << wrong;
  }
}

// The one that is installed, or that script/bootstrap unpacked.
std::string command_of_promtool() {
  const std::string unpacked = NEARMEM_SOURCE_ROOT "/build/promtool";
  if (access(unpacked.c_str(), X_OK) == 0) return "'" + unpacked + "'";
  return std::system("command -v promtool >/dev/null 2>&1") == 0 ? "promtool" : "";
}

TEST(open_metrics, is_accepted_by_promtool) {
  const std::string command = command_of_promtool();
  if (command.empty()) GTEST_SKIP() << "promtool (in Debian's package prometheus) is not here";
  FILE* const promtool = popen((command + " check metrics").c_str(), "w");
  ASSERT_NE(promtool, nullptr);
  const std::string text = to_open_metrics(sample_statistics());
  EXPECT_EQ(std::fwrite(text.data(), 1, text.size(), promtool), text.size());
  EXPECT_EQ(pclose(promtool), 0);
}

}  // namespace
}  // namespace nearmem
