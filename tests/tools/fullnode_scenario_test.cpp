#include "tools/fullnode_scenario.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "examples/fullnode/node_database.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/tools/command_run.hpp"

namespace nearmem {
namespace {

command_run run_scenario(std::vector<std::string> arguments,
                         const std::string& scenario = "steady") {
  arguments.insert(arguments.begin(), {"fullnode", "--scenario", scenario});
  return run_command(arguments);
}

void expect_refusal(const std::vector<std::string>& arguments, const std::string& said,
                    const std::string& scenario = "steady") {
  const command_run run = run_scenario(arguments, scenario);
  EXPECT_EQ(run.status, 2) << said;
  EXPECT_EQ(run.output, "") << said;
  EXPECT_TRUE(is_one_line(run.error)) << run.error;
  EXPECT_EQ(run.error.rfind("nearmem: " + said, 0), 0u) << run.error << " instead of " << said;
}

// A file system of one's own for the processes that are started from here, for as long as it lives.
class small_mount {
 public:
  small_mount(std::string folder, const char* options, unsigned long flags = 0)
      : folder_(std::move(folder)) {
    std::filesystem::create_directories(folder_);
    is_there_ = ::mount("tmpfs", folder_.c_str(), "tmpfs", flags, options) == 0;
  }
  ~small_mount() {
    if (is_there_) ::umount2(folder_.c_str(), MNT_DETACH);
  }
  small_mount(const small_mount&) = delete;
  small_mount& operator=(const small_mount&) = delete;
  explicit operator bool() const { return is_there_; }

 private:
  std::string folder_;
  bool is_there_;
};

TEST(fullnode_scenario, tells_programs_what_a_run_came_to) {
  for (const char* scenario : {"ibd", "flood", "reorg", "orphans", "steady"}) {
    const command_run run = run_scenario(
        {"--json", "--transactions", "3000", "--budget", "64MiB", "--threads", "2"}, scenario);
    EXPECT_EQ(run.status, 0) << run.error;
    EXPECT_EQ(run.error, "");
    const auto result = nlohmann::json::parse(run.output);
    EXPECT_EQ(result.at("schema"), "nearmem-fullnode-run-1");
    EXPECT_EQ(result.at("scenario"), scenario);
    EXPECT_EQ(result.at("components").size(), 7u);
    EXPECT_EQ(result.at("budget"), 64u << 20);
    for (const auto& each : result.at("components"))
      EXPECT_LE(each.at("peak_footprint"), each.at("budget")) << each.at("name");
  }
}

TEST(fullnode_scenario, ends_after_so_many_seconds) {
  const command_run run = run_scenario({"--json", "--seconds", "1", "--budget", "64MiB"});
  EXPECT_EQ(run.status, 0) << run.error;
  EXPECT_GE(nlohmann::json::parse(run.output).at("seconds"), 1.0);
}

TEST(fullnode_scenario, prints_a_configuration_that_it_can_read) {
  const command_run printed = run_command({"fullnode", "--print-config"});
  EXPECT_EQ(printed.status, 0);
  const scratch_folder folder;
  const std::string file = folder.write("node.toml", printed.output);
  const command_run run = run_scenario({"--config", file, "--transactions", "2000"});
  EXPECT_EQ(run.status, 0) << run.error;
}

TEST(fullnode_scenario, finds_a_leak_by_name) {
  const command_run run =
      run_scenario({"--inject-leak", "coins", "--seconds", "3", "--budget", "64MiB"});
  EXPECT_EQ(run.status, 1);
  EXPECT_EQ(run.error, "nearmem: a leak is suspected: 'coins' grows without removals\n");
  EXPECT_NE(run.output.find("suspected leak: coins grows without removals\n"), std::string::npos);
}

TEST(fullnode_scenario, refuses_bad_input_in_one_line) {
  const scratch_folder folder;
  const std::string unknown = folder.write("unknown.toml", "[node]\n\nspeed = 3\n");
  const std::string block = folder.write("block", "no block");
  expect_refusal({"--budget", "-5"}, "--budget: '-5' is negative");
  expect_refusal({"--budget", "5 parsecs"}, "--budget: '5 parsecs' has an unknown unit 'parsecs'");
  expect_refusal({"--budget", "300"}, "the budget of 'mempool' is 105 B, too small");
  expect_refusal({"--budget", "much"}, "--budget: 'much' is not a number of bytes");
  expect_refusal({"--config", unknown}, unknown + ": line 3: unknown key 'node.speed'");
  expect_refusal({"--budget", ""}, "--budget: '' is not a number of bytes");
  expect_refusal({"--config", ""}, ": cannot be read");
  expect_refusal({"--config", folder.path("")}, folder.path("") + ": cannot be read");
  expect_refusal({"--data", ""}, "--data: names no folder");
  expect_refusal({"--config", folder.path("none")}, folder.path("none") + ": cannot be read");
  expect_refusal({"--profile", "private"},
                 "--scenario orphans: only transactions of --profile bitcoin", "orphans");
  expect_refusal({"--blocks", block}, "--blocks: of the scenarios, ibd alone reads blocks");
  expect_refusal({"--blocks", block}, block + ": at byte ", "ibd");
  expect_refusal({"--threads", "200"}, "--threads: more than the 100 peers");
  expect_refusal({"--threads", "0"}, "--threads");
  expect_refusal({"--profile", "public"}, "--profile: public not in {bitcoin,private,minting}");
  expect_refusal({"--resource", "heap"}, "--resource: heap not in ");
  expect_refusal({"--inject-leak", "roof"}, "--inject-leak: roof not in ");
  expect_refusal({}, "--scenario: storm not in ", "storm");
  const command_run alone = run_command({"fullnode", "--budget", "300MiB"});
  EXPECT_EQ(alone.status, 2);
  EXPECT_EQ(alone.error, "nearmem: --budget requires --scenario; see nearmem --help\n");
}

TEST(fullnode_scenario, refuses_a_database_that_it_cannot_use) {
  const scratch_folder folder;
  const std::string data = folder.path("node");
  {
    const fullnode::node_database first(data);
    expect_refusal({"--data", data}, data + ": is in use by another process");
  }
  const command_run run = run_scenario({"--data", data, "--transactions", "1000"});
  EXPECT_EQ(run.status, 0) << "once it is free: " << run.error;
  expect_refusal({"--data", folder.write("file", "text")}, folder.path("file") + ": is no folder");
  std::filesystem::create_directory(folder.path("other"));
  folder.write("other/letter", "text");
  expect_refusal({"--data", folder.path("other")},
                 folder.path("other") + ": holds files, but no database of this command");
}

TEST(fullnode_scenario, refuses_a_folder_that_it_cannot_write_to) {
  const scratch_folder folder;
  const std::string data = folder.path("mount");
  const small_mount read_only(data, "size=8m", MS_RDONLY);
  if (!read_only) GTEST_SKIP() << "no file system can be mounted: " << std::strerror(errno);
  expect_refusal({"--data", data}, data + ": ");
}

TEST(fullnode_scenario, ends_in_order_when_the_disk_is_full_and_loses_nothing) {
  const scratch_folder folder;
  const std::string data = folder.path("mount");
  const small_mount small(data, "size=12m");
  if (!small) GTEST_SKIP() << "no file system can be mounted: " << std::strerror(errno);
  expect_refusal({"--data", data + "/node", "--transactions", "300000", "--budget", "32MiB"},
                 data + "/node: ");
  ASSERT_EQ(::mount("tmpfs", data.c_str(), "tmpfs", MS_REMOUNT, "size=64m"), 0);
  const fullnode::node_database again(data + "/node");
  EXPECT_GT(again.flushed().flushes, 0u);
  std::size_t coins = 0;
  again.visit_coins([&](const fullnode::outpoint&, std::string_view) { ++coins; });
  EXPECT_GT(coins, 0u);
}

}  // namespace
}  // namespace nearmem
