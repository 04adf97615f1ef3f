#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/accounting/foreign_malloc.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/tools/command_run.hpp"
#include "tools/fullnode_scenario.hpp"

namespace nearmem {
namespace {

using nlohmann::json;

constexpr std::size_t mebibyte = std::size_t{1} << 20;

// What the kernel says of whole processes, each with a run in it.
class fullnode_scenario_memory : public testing::Test {
 protected:
  void SetUp() override {
#ifdef NEARMEM_FOREIGN_MALLOC
    GTEST_SKIP() << "a sanitizer's own memory is resident too";
#endif
  }

  static json ended(const std::string& scenario, std::vector<std::string> more) {
    more.insert(more.begin(), {"fullnode", "--scenario", scenario, "--json"});
    const command_run run = run_command(more);
    EXPECT_EQ(run.status, 0) << scenario << ": " << run.error;
    return json::parse(run.output);
  }
  static std::size_t bytes(const json& run, const char* key) {
    return run.at(key).get<std::size_t>();
  }
};

// What is beside the books (code, the makers' coins, the database's buffers) is there from the
// beginning, and does not follow what the components take and give back.
TEST_F(fullnode_scenario_memory, moves_with_the_books_and_stays_near_the_budget) {
  for (const char* scenario : {"steady", "flood", "reorg", "orphans", "ibd"}) {
    const json run = ended(scenario, {"--transactions", "15000", "--budget", "64MiB"});
    if (run.at("resident").is_null()) GTEST_SKIP() << "the kernel does not say what is resident";
    EXPECT_LE(bytes(run, "resident_spread"), 16 * mebibyte) << scenario;
    EXPECT_LE(bytes(run, "peak_resident"), bytes(run, "budget") + 100'000'000) << scenario;
    EXPECT_GT(bytes(run, "virtual"), bytes(run, "resident")) << scenario;
    EXPECT_GT(bytes(run, "resident"), bytes(run, "accounted")) << scenario;
  }
}

// The mempool's rule of a network, in a whole node.
TEST_F(fullnode_scenario_memory, stays_near_the_budget_with_ten_thousand_private_transactions) {
  const scratch_folder folder;
  const std::string config = folder.write("node.toml", "[mempool]\nmost_transactions = 10000\n");
  const json run = ended("flood", {"--profile", "private", "--transactions", "16000", "--config",
                                   config, "--budget", "300MiB"});
  const json& mempool = run.at("components").front();
  EXPECT_GT(mempool.at("evictions").at("full"), 0u);
  EXPECT_LE(bytes(run, "peak_resident"), bytes(run, "budget") + 100'000'000);
}

TEST_F(fullnode_scenario_memory, falls_when_a_flood_is_over) {
  const json run = ended("flood", {"--transactions", "60000", "--budget", "64MiB"});
  if (run.at("resident").is_null()) GTEST_SKIP() << "the kernel does not say what is resident";
  const json& mempool = run.at("components").front();
  const auto gone =
      mempool.at("peak_footprint").get<std::size_t>() - mempool.at("footprint").get<std::size_t>();
  EXPECT_GT(gone, 16 * mebibyte) << "there was a flood, and it is over";
  EXPECT_LT(bytes(run, "resident") + gone / 2, bytes(run, "peak_resident"));
}

// Coins fill their budget, are flushed and fill it again, so that what a quarter comes to at most
// is the same only once it has been full.
TEST_F(fullnode_scenario_memory, is_no_more_in_the_last_quarter_than_in_the_second) {
  const scratch_folder folder;
  const std::string config = folder.write("node.toml", "[mempool]\nexpires_after = 4000\n");
  const json run =
      ended("steady", {"--transactions", "60000", "--config", config, "--budget", "24MiB"});
  const json& second = run.at("quarters").at(1);
  const json& last = run.at("quarters").at(3);
  if (second.is_null() || last.is_null()) GTEST_SKIP() << "too fast to be looked at";
  EXPECT_LE(bytes(last, "mean_footprint"), bytes(second, "mean_footprint") + 2 * mebibyte);
  EXPECT_LE(bytes(last, "mean_resident"), bytes(second, "mean_resident") + 4 * mebibyte);
  EXPECT_LE(bytes(last, "mean_resident"), bytes(last, "resident"));
}

}  // namespace
}  // namespace nearmem
