#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "examples/fullnode/node_database.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/tools/command_run.hpp"
#include "tools/fullnode_scenario.hpp"

namespace nearmem {
namespace {

using namespace std::chrono_literals;

// Runs without an end of their own, whose temporary databases lie in a folder of the test's.
class fullnode_scenario_ending : public testing::Test {
 protected:
  fullnode_scenario_ending() { ::setenv("TMPDIR", folder.path("").c_str(), 1); }
  ~fullnode_scenario_ending() override { ::unsetenv("TMPDIR"); }

  static std::vector<std::string> endless(std::vector<std::string> more,
                                          const std::string& scenario = "steady") {
    std::vector<std::string> all{"fullnode", "--scenario", scenario, "--budget",
                                 "64MiB",    "--seconds",  "1000000"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }

  std::size_t databases() const {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& each : std::filesystem::directory_iterator(folder.path("")))
      ++count;
    return count;
  }

  // Until so many runs are under way.
  void wait_for_database(std::size_t runs = 1) const {
    for (int i = 0; i < 1'000 && databases() < runs; ++i)
      std::this_thread::sleep_for(10ms);
    ASSERT_EQ(databases(), runs);
    std::this_thread::sleep_for(300ms);
  }

  scratch_folder folder;
};

TEST_F(fullnode_scenario_ending, by_a_signal_reports_what_was_done_and_leaves_nothing_behind) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    for (const char* scenario : {"steady", "ibd"}) {
      started_command started(endless({"--json", "--threads", "2"}, scenario));
      wait_for_database();
      ::kill(started.process(), signal);
      const command_run run = started.wait();
      EXPECT_EQ(run.status, 128 + signal) << run.error;
      EXPECT_EQ(run.error, "");
      const auto report = nlohmann::json::parse(run.output);
      EXPECT_EQ(report.at("stopped"), true);
      EXPECT_LT(report.at("seconds"), 1'000'000);
      for (const auto& each : report.at("identities"))
        EXPECT_EQ(each.at("holds"), true) << each.at("name");
      EXPECT_EQ(databases(), 0u) << scenario;
    }
  }
}

TEST_F(fullnode_scenario_ending, by_a_signal_is_said_in_the_table) {
  started_command started(endless({}));
  wait_for_database();
  ::kill(started.process(), SIGINT);
  const command_run run = started.wait();
  EXPECT_NE(run.output.find("\nstopped before its end: "), std::string::npos) << run.output;
  EXPECT_EQ(run.output.find("last quarter"), std::string::npos) << "it was not reached";
}

TEST_F(fullnode_scenario_ending, by_a_signal_keeps_a_database_that_was_asked_for) {
  const scratch_folder other;
  const std::string data = other.path("node");
  started_command started(endless({"--data", data}));
  for (int i = 0; i < 1'000 && !std::filesystem::exists(data + "/CURRENT"); ++i)
    std::this_thread::sleep_for(10ms);
  std::this_thread::sleep_for(500ms);
  ::kill(started.process(), SIGTERM);
  EXPECT_EQ(started.wait().status, 128 + SIGTERM);
  const fullnode::node_database again(data);
  EXPECT_GT(again.flushed().flushes, 0u) << "it ended in order";
}

TEST_F(fullnode_scenario_ending, by_a_signal_ends_runs_that_are_compared) {
  started_command started(endless({"--resource", "nearmem,new_delete"}));
  wait_for_database();
  ::kill(started.process(), SIGTERM);  // the command alone, not the process it has started
  const command_run run = started.wait();
  EXPECT_EQ(run.status, 128 + SIGTERM);
  EXPECT_EQ(run.output, "") << "no run came to its end";
  EXPECT_EQ(databases(), 0u);
}

TEST_F(fullnode_scenario_ending, by_a_kill_leaves_a_database_that_the_next_run_removes) {
  started_command live(endless({}));
  wait_for_database();
  {
    const started_command killed(endless({}));
    wait_for_database(2);
  }
  EXPECT_EQ(databases(), 2u) << "nobody could remove it";
  const command_run next = run_command(
      {"fullnode", "--scenario", "steady", "--budget", "64MiB", "--transactions", "1000"});
  EXPECT_EQ(next.status, 0) << next.error;
  EXPECT_EQ(databases(), 1u) << "that of the run that lives";
  ::kill(live.process(), SIGTERM);
  const command_run ended = live.wait();
  EXPECT_EQ(ended.status, 128 + SIGTERM) << ended.error;
  EXPECT_EQ(ended.output.find("BROKEN"), std::string::npos);
  EXPECT_EQ(databases(), 0u);
}

TEST_F(fullnode_scenario_ending, by_a_kill_ends_the_run_that_was_compared) {
  {
    const started_command killed(endless({"--resource", "nearmem,new_delete"}));
    wait_for_database();
  }
  for (int i = 0; i < 1'000 && databases() != 0; ++i)
    std::this_thread::sleep_for(10ms);
  EXPECT_EQ(databases(), 0u);
}

}  // namespace
}  // namespace nearmem
