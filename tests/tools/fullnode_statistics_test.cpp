#include <fstream>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/accounting/json_schema.hpp"
#include "tests/accounting/open_metrics_parser.hpp"
#include "tests/tools/command_run.hpp"

namespace nearmem {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;

command_run count_life(const std::string& format) {
  return run_command({"fullnode", "--count", "3", "--txs-per-block", "50", "--statistics", format});
}

TEST(fullnode_statistics, follow_the_schema_as_json_and_add_up) {
  const command_run run = count_life("json");
  ASSERT_EQ(run.status, 0) << run.error;
  const json counted = json::parse(run.output);
  std::ifstream schema(NEARMEM_SOURCES "/docs/statistics.schema.json");
  EXPECT_THAT(json_schema(json::parse(schema)).check(counted), IsEmpty());
  std::set<std::string> names;
  std::size_t named = 0;
  for (const json& one : counted.at("resources")) {
    names.insert(one.at("resource"));
    named += one.at("footprint_bytes").get<std::size_t>();
  }
  EXPECT_EQ(names, (std::set<std::string>{"block", "coins", "mempool"}));
  const json& pages = counted.at("pages");
  EXPECT_EQ(pages.at("named_bytes"), named);
  EXPECT_EQ(pages.at("unnamed_bytes"), 0);
  EXPECT_EQ(pages.at("committed_bytes").get<std::size_t>(),
            named + pages.at("own_bytes").get<std::size_t>());
  EXPECT_FALSE(counted.at("size_classes").empty());
  EXPECT_EQ(counted.at("arenas").size(), 1);
}

TEST(fullnode_statistics, are_read_as_open_metrics) {
  const command_run run = count_life("openmetrics");
  ASSERT_EQ(run.status, 0) << run.error;
  const auto families = open_metrics_parser::parse(run.output);
  EXPECT_EQ(families.at("nearmem_resource_footprint_bytes").samples.size(), 3);
}

TEST(fullnode_statistics, are_shown_as_tables) {
  const command_run run = count_life("table");
  ASSERT_EQ(run.status, 0) << run.error;
  for (const char* title : {"machine\n", "\nnodes\n", "\npages\n", "\nresources\n", "\nmempool "}) {
    EXPECT_THAT(run.output, HasSubstr(title));
  }
}

TEST(fullnode_statistics, are_refused_in_another_format_or_beside_json) {
  const command_run unknown = count_life("xml");
  EXPECT_EQ(unknown.status, 2);
  EXPECT_TRUE(is_one_line(unknown.error)) << unknown.error;
  const command_run both = run_command({"fullnode", "--json", "--statistics", "table"});
  EXPECT_EQ(both.status, 2);
  EXPECT_TRUE(is_one_line(both.error)) << both.error;
}

}  // namespace
}  // namespace nearmem
