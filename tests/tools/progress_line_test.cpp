#include "tools/progress_line.hpp"

#include <array>
#include <chrono>
#include <cstdlib>
#include <string>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

namespace nearmem::tools {
namespace {

using namespace std::chrono_literals;

// A terminal whose other end the test reads, and a clock that the test moves.
class progress : public testing::Test {
 protected:
  void SetUp() override {
    reader = ::posix_openpt(O_RDWR | O_NOCTTY);
    if (reader < 0 || ::grantpt(reader) != 0 || ::unlockpt(reader) != 0) {
      GTEST_SKIP() << "no pseudo terminals here";
    }
    std::array<char, 100> name{};
    ASSERT_EQ(::ptsname_r(reader, name.data(), name.size()), 0);
    terminal = ::open(name.data(), O_RDWR | O_NOCTTY);
    ASSERT_GE(terminal, 0);
  }

  void TearDown() override {
    if (terminal >= 0) ::close(terminal);
    if (reader >= 0) ::close(reader);
  }

  progress_line::clock clock() {
    return [this] { return now; };
  }

  // What was written to the terminal since the last look.
  std::string seen() {
    std::string all;
    pollfd waiting{reader, POLLIN, 0};
    while (::poll(&waiting, 1, 50) == 1 && (waiting.revents & POLLIN) != 0) {
      std::array<char, 256> part{};
      ssize_t got = ::read(reader, part.data(), part.size());
      if (got <= 0) break;
      all.append(part.data(), static_cast<std::size_t>(got));
    }
    return all;
  }

  int reader = -1;
  int terminal = -1;
  std::chrono::steady_clock::time_point now{};
};

TEST_F(progress, is_silent_for_work_of_less_than_a_second) {
  {
    progress_line line(terminal, clock());
    now += 999ms;
    EXPECT_FALSE(line.is_due());
    line.show("1 of 2");
  }
  EXPECT_EQ(seen(), "");
}

TEST_F(progress, is_shown_after_a_second_ten_times_a_second_and_then_erased) {
  {
    progress_line line(terminal, clock());
    now += 1s;
    line.show("1 of 9");
    EXPECT_EQ(seen(), "\r\x1b[K1 of 9");
    now += 99ms;
    line.show("2 of 9");
    EXPECT_EQ(seen(), "");
    now += 1ms;
    line.show("3 of 9");
    EXPECT_EQ(seen(), "\r\x1b[K3 of 9");
  }
  EXPECT_EQ(seen(), "\r\x1b[K");
}

TEST_F(progress, is_silent_where_nobody_looks) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC), 0);
  {
    progress_line line(ends[1], clock());
    now += 1h;
    line.show("1 of 2");
  }
  char byte = 0;
  EXPECT_EQ(::read(ends[0], &byte, 1), -1) << "nothing was written";
  ::close(ends[0]);
  ::close(ends[1]);
}

}  // namespace
}  // namespace nearmem::tools
