#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "examples/fullnode/report_json.hpp"
#include "examples/fullnode/report_table.hpp"

namespace nearmem::fullnode {
namespace {

life_report sample() {
  life_report report;
  report.blocks = 2;
  report.transactions = 1234567;
  component_report coins{"coins", 3, 4096, 5000, 100, 64, 4260, 9000, {}};
  coins.nodes = {{node_id{1}, 4000, binding_outcome::bound, 0, 64},
                 {node_id{9}, 260, binding_outcome::denied, 200, 0}};
  report.components = {coins};
  report.totals = coins;
  report.totals.name = "totals";
  report.page_layer = 40;
  report.committed = 4300;
  report.rss_growth = 4296;
  report.swapped = 4;
  report.identities = {{"a == b", true}, {"c == d", false}};
  return report;
}

TEST(report, as_json_has_every_number) {
  nlohmann::json read = nlohmann::json::parse(to_json(sample(), generation{7, 2, 9}));
  EXPECT_EQ(read["schema"], "nearmem-fullnode-1");
  EXPECT_EQ(read["source"],
            (nlohmann::json{{"generated", true}, {"seed", 7}, {"count", 2}, {"txs_per_block", 9}}));
  EXPECT_EQ(read["blocks"], 2);
  EXPECT_EQ(read["transactions"], 1234567);
  EXPECT_EQ(read["components"],
            nlohmann::json::parse(R"([{"name": "coins", "objects": 3, "charged": 4096,
                "modelled": 5000, "unused": 100, "metadata": 64, "footprint": 4260, "nodes": [
                {"node": 1, "footprint": 4000, "misplaced": 0, "unverified": 64,
                 "outcome": "bound"},
                {"node": 9, "footprint": 260, "misplaced": 200, "unverified": 0,
                 "outcome": "denied"}]}])"));
  EXPECT_EQ(read["totals"]["footprint"], 4260);
  EXPECT_EQ(read["totals"]["page_layer"], 40);
  EXPECT_EQ(read["totals"]["committed"], 4300);
  EXPECT_EQ(read["totals"]["rss_growth"], 4296);
  EXPECT_EQ(read["totals"]["swapped"], 4);
  EXPECT_EQ(read["identities"], nlohmann::json::parse(R"([{"name": "a == b", "holds": true},
                                                         {"name": "c == d", "holds": false}])"));
}

TEST(report, as_json_says_where_the_kernel_said_nothing) {
  life_report report = sample();
  report.rss_growth = std::nullopt;
  EXPECT_TRUE(
      nlohmann::json::parse(to_json(report, generation{}))["totals"]["rss_growth"].is_null());
}

TEST(report, as_json_is_valid_whatever_files_are_called) {
  std::vector<std::string> files = {"a\"b\\c\n", "\xff\xfe.dat"};
  nlohmann::json read = nlohmann::json::parse(to_json(sample(), files));
  EXPECT_EQ(read["source"]["generated"], false);
  EXPECT_EQ(read["source"]["files"][0], files[0]);
  EXPECT_EQ(read["source"]["files"].size(), 2u);
}

TEST(report, as_table_lines_up_and_adds_up) {
  EXPECT_EQ(to_table(sample(), std::vector<std::string>{"blk00000.dat"}),
            R"(blocks read from 1 file

blocks                           2
transactions             1,234,567
inputs                           0
outputs                          0
coins spent                      0
coins missing                    0
coins added                      0
coins unspendable                0
fees unknown                     0

bytes            objects        charged       modelled        unused    metadata      footprint
coins                  3          4,096          5,000           100          64          4,260
totals                 3          4,096          5,000           100          64          4,260
page layer                                                                                   40
committed                                                                                 4,300
rss growth                                                                                4,296
swapped                                                                                       4

bytes               node      footprint      misplaced    unverified  outcome
coins                  1          4,000              0            64  bound
coins                  9            260            200             0  denied

identities
  holds  a == b
  BROKEN c == d
)");
}

TEST(report, as_table_says_where_blocks_came_from) {
  EXPECT_EQ(to_table(sample(), generation{7, 2, 9})
                .find("blocks generated, not read: seed 7, count 2, transactions per block 9\n"),
            0u);
  EXPECT_EQ(
      to_table(sample(), std::vector<std::string>{"a", "b"}).find("blocks read from 2 files\n"),
      0u);
}

}  // namespace
}  // namespace nearmem::fullnode
