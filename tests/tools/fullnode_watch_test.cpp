#include "tools/fullnode_watch.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gmock/gmock.h>

#include "tests/support/scratch_folder.hpp"
#include "tests/tools/loopback_fetch.hpp"
#include "tests/tools/page/page_check.hpp"
#include "tests/tools/sample_run.hpp"
#include "tools/command.hpp"

namespace nearmem::tools {
namespace {

using testing::HasSubstr;

// The options as a command line gives them.
struct command_line {
  explicit command_line(const std::string& words) { app.parse("--scenario steady " + words); }

  CLI::App app{"fullnode"};
  std::string scenario;
  std::shared_ptr<watch_options> options =
      add_watch_options(app, app.add_option("--scenario", scenario));
};

TEST(fullnode_watch, writes_the_page_when_the_run_has_ended) {
  const scratch_folder folder;
  const std::string path = folder.path("run.html");
  {
    const command_line line("--html " + path);
    fullnode_watch watch(*line.options, "steady", "On one thread.");
    const fullnode::run_observer observer = watch.observer();
    for (std::size_t n = 0; n < 5; ++n)
      observer(made_sample(n));
    watch.finish();
  }
  std::ifstream file(path);
  const std::string html{std::istreambuf_iterator<char>(file), {}};
  EXPECT_NE(html.find("4,000 transactions arrived"), std::string::npos);
  page::expect_good_page(html);
}

TEST(fullnode_watch, leaves_no_page_of_a_run_that_failed) {
  const scratch_folder folder;
  const std::string path = folder.path("run.html");
  {
    const command_line line("--html " + path);
    fullnode_watch watch(*line.options, "steady", "");
    watch.observer()(made_sample(1));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(fullnode_watch, says_where_it_serves_the_newest_sample) {
  const command_line line("--metrics 0");
  testing::internal::CaptureStderr();
  fullnode_watch watch(*line.options, "steady", "");
  const std::string said = testing::internal::GetCapturedStderr();
  const std::string before = "nearmem: metrics at http://127.0.0.1:";
  ASSERT_THAT(said, testing::StartsWith(before));
  watch.observer()(made_sample(10));
  const auto port = static_cast<std::uint16_t>(std::stoul(said.substr(before.size())));
  EXPECT_THAT(fetch(port, "/metrics"), HasSubstr("nearmem_fullnode_transactions_total 10000"));
}

TEST(fullnode_watch, refuses_before_the_run_what_cannot_be_had) {
  const scratch_folder folder;
  const command_line line("--html " + folder.path("no/such/folder/run.html"));
  EXPECT_THROW(fullnode_watch(*line.options, "steady", ""), bad_input);
  watch_options nameless;
  nameless.html = "";
  EXPECT_THROW(fullnode_watch(nameless, "steady", ""), bad_input);
  EXPECT_THROW(command_line("--metrics 65536"), CLI::ParseError);
  EXPECT_THROW(command_line("--metrics -1"), CLI::ParseError);
}

TEST(fullnode_watch, wants_nothing_by_default) {
  const command_line line("");
  testing::internal::CaptureStderr();
  fullnode_watch watch(*line.options, "steady", "");
  watch.observer()(made_sample(1));
  watch.finish();
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace nearmem::tools
