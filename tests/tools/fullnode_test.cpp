#include "tools/fullnode.hpp"

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/real_block.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/tools/command_run.hpp"

namespace nearmem {
namespace {

using nlohmann::json;

// The command's JSON, once every identity in it holds.
json lived(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"fullnode", "--json"});
  command_run run = run_command(arguments);
  EXPECT_EQ(run.status, 0) << run.error;
  EXPECT_EQ(run.error, "");
  json report = json::parse(run.output);
  EXPECT_GE(report.at("identities").size(), 10u);
  for (const json& identity : report.at("identities")) {
    EXPECT_TRUE(identity.at("holds").get<bool>()) << identity.at("name");
  }
  return report;
}

void expect_sums(const json& report) {
  for (const char* column : {"objects", "charged", "modelled", "unused", "metadata", "footprint"}) {
    std::size_t sum = 0;
    for (const json& each : report.at("components"))
      sum += each.at(column).get<std::size_t>();
    EXPECT_EQ(report.at("totals").at(column).get<std::size_t>(), sum) << column;
  }
  for (const json& each : report.at("components")) {
    std::size_t footprint = each.at("footprint");
    EXPECT_GT(each.at("objects").get<std::size_t>(), 0u) << each.at("name");
    EXPECT_GT(each.at("modelled").get<std::size_t>(), 0u) << each.at("name");
    EXPECT_EQ(footprint, each.at("charged").get<std::size_t>() +
                             each.at("unused").get<std::size_t>() +
                             each.at("metadata").get<std::size_t>());
    std::size_t by_node = 0;
    for (const json& share : each.at("nodes")) {
      EXPECT_TRUE(share.at("node").is_number_unsigned());
      EXPECT_TRUE(share.at("outcome").is_string());
      by_node += share.at("footprint").get<std::size_t>();
    }
    EXPECT_EQ(footprint, by_node) << each.at("name");
  }
}

void expect_footprint_near_rss_growth(const json& report) {
  if (report.at("totals").at("rss_growth").is_null()) GTEST_SKIP() << "no smaps here";
  double footprint = report.at("totals").at("footprint");
  double growth = report.at("totals").at("rss_growth");
  EXPECT_NEAR(footprint / growth, 1, 0.02);
}

TEST(fullnode, lives_on_generated_blocks_and_says_so) {
  json report = lived({"--count", "5", "--txs-per-block", "100", "--seed", "9"});
  EXPECT_EQ(report.at("schema"), "nearmem-fullnode-1");
  EXPECT_TRUE(report.at("source").at("generated").get<bool>());
  EXPECT_EQ(report.at("source").at("seed"), 9);
  EXPECT_EQ(report.at("blocks"), 5);
  EXPECT_EQ(report.at("transactions"), 500);
  EXPECT_EQ(report.at("inputs").get<int>(),
            5 + report.at("coins_spent").get<int>() + report.at("coins_missing").get<int>());
  EXPECT_EQ(report.at("outputs").get<int>(),
            report.at("coins_added").get<int>() + report.at("coins_unspendable").get<int>());
  ASSERT_EQ(report.at("components").size(), 3u);
  EXPECT_EQ(report.at("components")[0].at("name"), "block");
  EXPECT_EQ(report.at("components")[0].at("objects"), 100);
  EXPECT_EQ(report.at("components")[1].at("name"), "mempool");
  EXPECT_EQ(report.at("components")[1].at("objects"), 99);
  EXPECT_EQ(report.at("components")[2].at("name"), "coins");
  EXPECT_EQ(report.at("components")[2].at("objects").get<int>(),
            report.at("coins_added").get<int>() - report.at("coins_spent").get<int>());
  expect_sums(report);
  EXPECT_NE(run_command({"fullnode", "--count", "1", "--txs-per-block", "9"})
                .output.find("generated, not read"),
            std::string::npos);
}

TEST(fullnode, comes_to_the_same_for_the_same_seed) {
  std::vector<std::string> arguments = {"--count", "3", "--txs-per-block", "50", "--seed"};
  std::vector<json> reports;
  for (const char* seed : {"1", "1", "2"}) {
    arguments.emplace_back(seed);
    reports.push_back(lived(arguments));
    arguments.pop_back();
  }
  EXPECT_EQ(reports[0].at("components")[2].at("objects"),
            reports[1].at("components")[2].at("objects"));
  EXPECT_EQ(reports[0].at("inputs"), reports[1].at("inputs"));
  EXPECT_NE(reports[0].at("inputs"), reports[2].at("inputs"));
}

TEST(fullnode, agrees_with_the_kernel_over_two_hundred_blocks) {
  json report = lived({"--count", "200", "--txs-per-block", "150"});
  EXPECT_EQ(report.at("blocks"), 200);
  expect_sums(report);
  expect_footprint_near_rss_growth(report);
}

// The real block's figures are those of its own documentation.
TEST(fullnode, counts_what_is_in_a_real_block) {
  real_block block = find_real_block();
  if (block.file.empty()) GTEST_SKIP() << block.missing;
  json report = lived({"--blocks", block.file});
  EXPECT_FALSE(report.at("source").at("generated").get<bool>());
  EXPECT_EQ(report.at("blocks"), 1);
  EXPECT_EQ(report.at("transactions"), 1557);
  EXPECT_EQ(report.at("inputs"), 4887);
  EXPECT_EQ(report.at("outputs"), 3581);
  EXPECT_EQ(report.at("coins_unspendable"), 3);
  expect_sums(report);
}

TEST(fullnode, reads_a_key_and_several_files_as_a_node_stores_them) {
  real_block block = find_real_block();
  if (block.file.empty()) GTEST_SKIP() << block.missing;
  std::ifstream stream(block.file, std::ios::binary);
  std::stringstream content;
  content << stream.rdbuf();
  std::string record = std::string("\xf9\xbe\xb4\xd9", 4);
  for (unsigned shift : {0u, 8u, 16u, 24u}) {
    record += static_cast<char>((content.str().size() >> shift) & 0xff);
  }
  record += content.str();
  record.append(1000, '\0');
  const std::string key = "nearmem!";
  for (std::size_t i = 0; i < record.size(); ++i) {
    record[i] = static_cast<char>(record[i] ^ key[i % key.size()]);
  }
  scratch_folder folder;
  folder.write("xor.dat", key);
  json report = lived({"--blocks", folder.write("blk00000.dat", record), block.file});
  EXPECT_EQ(report.at("blocks"), 2);
  EXPECT_EQ(report.at("transactions"), 2 * 1557);
}

}  // namespace
}  // namespace nearmem
