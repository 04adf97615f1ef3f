#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <nlohmann/json.hpp>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/scratch_folder.hpp"
#include "tests/tools/command_run.hpp"
#include "tests/tools/loopback_fetch.hpp"
#include "tests/tools/page/page_check.hpp"

namespace nearmem {
namespace {

using testing::HasSubstr;

std::vector<std::string> steady(std::vector<std::string> more) {
  std::vector<std::string> all{"fullnode", "--scenario", "steady", "--budget", "64MiB"};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

// A port of 127.0.0.1 that this test listens at, until it goes.
class held_port {
 public:
  held_port() : stream_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    if (::bind(stream_, any, size) == 0 && ::listen(stream_, 1) == 0 &&
        ::getsockname(stream_, any, &size) == 0) {
      number_ = ntohs(address.sin_port);
    }
  }
  ~held_port() { ::close(stream_); }
  held_port(const held_port&) = delete;
  held_port& operator=(const held_port&) = delete;

  std::uint16_t number() const { return number_; }

 private:
  int stream_;
  std::uint16_t number_ = 0;
};

// The sum of a metric over all its labels in what was fetched.
std::uint64_t sum_of(const std::string& answer, const std::string& metric) {
  std::uint64_t sum = 0;
  const std::string begin = "\n" + metric;
  for (std::size_t at = answer.find(begin); at != std::string::npos;
       at = answer.find(begin, at + 1)) {
    const char next = answer[at + begin.size()];
    if (next != '{' && next != ' ') continue;
    const std::size_t value = answer.find(' ', at + begin.size());
    sum += static_cast<std::uint64_t>(std::stod(answer.substr(value)));
  }
  return sum;
}

TEST(fullnode_watch_command, writes_a_page_of_the_run) {
  const scratch_folder folder;
  const std::string path = folder.path("run.html");
  const command_run run = run_command(steady({"--transactions", "3000", "--html", path}));
  ASSERT_EQ(run.status, 0) << run.error;
  EXPECT_EQ(run.error, "") << "no view where nobody looks";
  std::ifstream file(path);
  const std::string html{std::istreambuf_iterator<char>(file), {}};
  EXPECT_NE(html.find("3,000 transactions arrived"), std::string::npos);
  for (const char* component : {"mempool", "orphans", "coins", "memtable", "peers"})
    EXPECT_NE(html.find(component), std::string::npos) << component;
  page::expect_good_page(html);
}

TEST(fullnode_watch_command, refuses_a_page_that_cannot_be_written_before_the_run) {
  const scratch_folder folder;
  for (const std::string& name : {folder.path(""), folder.path("no/such/folder"), std::string()}) {
    // So many that a run would not end before the test's time does.
    const command_run run = run_command(steady({"--seconds", "1000000", "--html", name}));
    EXPECT_EQ(run.status, 2);
    EXPECT_TRUE(is_one_line(run.error)) << run.error;
    EXPECT_EQ(run.output, "");
  }
}

TEST(fullnode_watch_command, tells_what_a_run_came_to_where_its_page_is_lost) {
  // It can be opened, and not written to.
  const command_run run =
      run_command(steady({"--transactions", "2000", "--json", "--html", "/dev/full"}));
  EXPECT_EQ(run.status, 1);
  EXPECT_TRUE(is_one_line(run.error)) << run.error;
  EXPECT_THAT(run.error, HasSubstr("/dev/full"));
  EXPECT_EQ(nlohmann::json::parse(run.output).at("identities").at(0).at("holds"), true);
}

TEST(fullnode_watch_command, refuses_ports_that_cannot_be_had_before_the_run) {
  const held_port taken;
  ASSERT_NE(taken.number(), 0);
  for (const std::string& port : {std::to_string(taken.number()), std::string("65536"),
                                  std::string("-1"), std::string("x")}) {
    const command_run run = run_command(steady({"--seconds", "1000000", "--metrics", port}));
    EXPECT_EQ(run.status, 2) << port;
    EXPECT_TRUE(is_one_line(run.error)) << run.error;
    EXPECT_THAT(run.error, HasSubstr("--metrics"));
  }
}

TEST(fullnode_watch_command, looks_at_one_scenario_on_one_resource) {
  EXPECT_EQ(run_command({"fullnode", "--metrics", "0"}).status, 2);
  EXPECT_EQ(run_command({"fullnode", "--html", "page.html"}).status, 2);
  const command_run compared =
      run_command(steady({"--metrics", "0", "--resource", "nearmem,new_delete"}));
  EXPECT_EQ(compared.status, 2);
  EXPECT_TRUE(is_one_line(compared.error)) << compared.error;
}

// The port that the command says it serves at, once it has.
std::uint16_t port_of(const started_command& command) {
  const std::string begin = "nearmem: metrics at http://127.0.0.1:";
  for (int i = 0; i < 1'000; ++i) {
    const std::string said = command.error_so_far();
    if (said.rfind(begin, 0) == 0 && said.ends_with("/metrics\n")) {
      return static_cast<std::uint16_t>(std::stoul(said.substr(begin.size())));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return 0;
}

TEST(fullnode_watch_command, serves_samples_of_the_run_while_it_goes_on) {
  started_command command(steady({"--seconds", "1000000", "--json", "--metrics", "0"}));
  const std::uint16_t port = port_of(command);
  ASSERT_NE(port, 0) << command.error_so_far();
  std::uint64_t transactions = 0;
  std::size_t answers = 0;
  for (int tries = 0; tries < 1'000 && answers < 5; ++tries) {
    const std::string answer = fetch(port, "/metrics");
    const std::uint64_t accounted = sum_of(answer, "nearmem_fullnode_accounted_bytes");
    if (accounted != 0) {
      ++answers;
      EXPECT_EQ(accounted, sum_of(answer, "nearmem_fullnode_component_footprint_bytes") +
                               sum_of(answer, "nearmem_fullnode_page_layer_bytes"));
      EXPECT_EQ(sum_of(answer, "nearmem_fullnode_budget_bytes"), std::size_t{64} << 20U);
      const std::uint64_t now = sum_of(answer, "nearmem_fullnode_transactions_total");
      EXPECT_GE(now, transactions);
      transactions = now;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  EXPECT_GT(answers, 0U) << "the run was never seen";
  ::kill(command.process(), SIGTERM);
  const command_run run = command.wait();
  ASSERT_EQ(run.status, 128 + SIGTERM) << run.error;
  EXPECT_LE(transactions, nlohmann::json::parse(run.output).at("transactions"));
}

}  // namespace
}  // namespace nearmem
