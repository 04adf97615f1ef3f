#include "tools/fullnode_live.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <string>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/tools/pseudo_terminal.hpp"
#include "tests/tools/sample_run.hpp"
#include "tools/ending_signals.hpp"

namespace nearmem::tools {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr const char* restore = "\r\x1b[J\x1b[?25h";

class live : public testing::Test {
 protected:
  void SetUp() override {
    if (!screen.is_open()) GTEST_SKIP() << "no pseudo terminals here";
    screen.resize(100, 30);
  }

  progress_line::clock clock() {
    return [this] { return now; };
  }

  pseudo_terminal screen;
  std::chrono::steady_clock::time_point now{};
};

TEST_F(live, draws_in_place_and_restores_the_screen) {
  {
    fullnode_live view("steady", screen.terminal(), clock());
    view.show(made_sample(1));
    const std::string first = screen.seen();
    EXPECT_THAT(first, StartsWith("\x1b[?25l"));
    EXPECT_THAT(first, HasSubstr("mempool"));
    EXPECT_THAT(first, EndsWith("\x1b[5F")) << "back at the first of five lines";
    now += 99ms;
    view.show(made_sample(2));
    EXPECT_EQ(screen.seen(), "") << "nobody can read so fast";
    now += 1ms;
    view.show(made_sample(2));
    EXPECT_THAT(screen.seen(), HasSubstr("2,000 transactions"));
  }
  EXPECT_EQ(screen.seen(), restore);
}

TEST_F(live, is_no_higher_than_the_terminal) {
  screen.resize(40, 3);
  fullnode_live view("steady", screen.terminal(), clock());
  view.show(made_sample(1));
  EXPECT_THAT(screen.seen(), EndsWith("\x1b[2F"));
}

TEST_F(live, follows_the_terminals_width) {
  fullnode_live view("steady", screen.terminal(), clock());
  view.show(made_sample(1));
  EXPECT_THAT(screen.seen(), HasSubstr("░"));
  screen.resize(30, 30);
  now += 1s;
  view.show(made_sample(2));
  EXPECT_THAT(screen.seen(), Not(HasSubstr("░")));
}

TEST_F(live, writes_nothing_where_nobody_looks) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC), 0);
  {
    fullnode_live view("steady", ends[1], clock());
    view.show(made_sample(1));
  }
  char byte = 0;
  EXPECT_EQ(::read(ends[0], &byte, 1), -1) << "nothing was written";
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_F(live, writes_nothing_without_a_sample) {
  {
    const fullnode_live view("steady", screen.terminal(), clock());
  }
  EXPECT_EQ(screen.seen(), "");
}

TEST_F(live, restores_the_screen_before_a_signal_ends_the_process_at_once) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    ::signal(SIGINT, SIG_DFL);
    const ending_signals signals;
    fullnode_live view("steady", screen.terminal(), clock());
    view.show(made_sample(1));
    (void)::raise(SIGINT);  // a wish
    ::usleep(600'000);
    (void)::raise(SIGINT);  // an order
    ::_exit(0);
  }
  int state = 0;
  ASSERT_EQ(::waitpid(child, &state, 0), child);
  EXPECT_TRUE(WIFSIGNALED(state) && WTERMSIG(state) == SIGINT) << "as without a view";
  EXPECT_THAT(screen.seen(), EndsWith(restore));
}

}  // namespace
}  // namespace nearmem::tools
