#include "tools/ending_signals.hpp"

#include <csignal>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace nearmem::tools {
namespace {

constexpr useconds_t a_while = 600'000;  // longer than what is taken for the same wish

// How a child process ends that does `act` with all signals as a shell starts it.
template <class Act>
int state_after(Act act) {
  const pid_t child = ::fork();
  if (child == 0) {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP})
      ::signal(signal, SIG_DFL);
    ::_exit(act());
  }
  int state = 0;
  EXPECT_EQ(::waitpid(child, &state, 0), child);
  return state;
}

bool ended_by_signal(int state, int signal) {
  return WIFSIGNALED(state) && WTERMSIG(state) == signal;
}

TEST(ending_signals, note_the_first_and_end_nothing) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    const int state = state_after([signal] {
      const ending_signals signals;
      if (signals.asked() || signals.which() != 0) return 1;
      (void)::raise(signal);
      return signals.asked() && signals.which() == signal ? 0 : 2;
    });
    EXPECT_TRUE(WIFEXITED(state) && WEXITSTATUS(state) == 0) << state;
  }
}

TEST(ending_signals, take_two_at_once_for_one_wish) {
  const int state = state_after([] {
    const ending_signals signals;
    (void)::raise(SIGINT);
    (void)::raise(SIGTERM);
    return signals.which() == SIGINT ? 0 : 1;
  });
  EXPECT_TRUE(WIFEXITED(state) && WEXITSTATUS(state) == 0) << state;
}

TEST(ending_signals, let_a_later_one_end_the_process_after_its_last_act) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  static int told = -1;
  told = ends[1];
  const int state = state_after([] {
    const ending_signals signals;
    ending_signals::before_end(
        []() noexcept { [[maybe_unused]] const ssize_t written = ::write(told, "x", 1); });
    (void)::raise(SIGTERM);
    ::usleep(a_while);
    (void)::raise(SIGINT);
    return 0;
  });
  EXPECT_TRUE(ended_by_signal(state, SIGINT)) << state;
  ::close(ends[1]);
  char byte = 0;
  EXPECT_EQ(::read(ends[0], &byte, 1), 1) << "the last act";
  ::close(ends[0]);
}

TEST(ending_signals, are_passed_on_however_early_they_come) {
  for (const bool is_early : {true, false}) {
    const int state = state_after([is_early] {
      ending_signals signals;
      if (is_early) (void)::raise(SIGTERM);
      const pid_t child = ::fork();
      if (child == 0) {
        ::signal(SIGTERM, SIG_DFL);
        for (;;)
          ::pause();
      }
      // The child's own action has to be in place.
      ::usleep(a_while / 6);
      signals.pass_on_to(child);
      if (!is_early) (void)::raise(SIGTERM);
      int ended = 0;
      return ::waitpid(child, &ended, 0) == child && ended_by_signal(ended, SIGTERM) ? 0 : 1;
    });
    EXPECT_TRUE(WIFEXITED(state) && WEXITSTATUS(state) == 0) << state;
  }
}

TEST(ending_signals, end_a_process_by_the_signal_itself) {
  const int state = state_after([] {
    const ending_signals signals;
    end_by(SIGTERM);
    return 0;
  });
  EXPECT_TRUE(ended_by_signal(state, SIGTERM)) << state;
}

TEST(ending_signals, leave_signals_as_they_found_them) {
  const int state = state_after([] {
    ::signal(SIGHUP, SIG_IGN);
    {
      const ending_signals signals;
      (void)::raise(SIGHUP);
      if (signals.asked()) return 1;  // as nohup wants it
    }
    struct sigaction after{};
    if (::sigaction(SIGINT, nullptr, &after) != 0 || after.sa_handler != SIG_DFL) return 2;
    return 0;
  });
  EXPECT_TRUE(WIFEXITED(state) && WEXITSTATUS(state) == 0) << state;
}

}  // namespace
}  // namespace nearmem::tools
