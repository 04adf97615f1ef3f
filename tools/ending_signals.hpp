#pragma once

#include <atomic>
#include <csignal>
#include <utility>
#include <vector>

#include <sys/types.h>

namespace nearmem::tools {

// While this lives, SIGINT, SIGTERM and SIGHUP ask for an end instead of being one: the first that
// comes is noted, for work that looks and then ends in order. One that comes half a second later or
// more ends the process at once, as if there were none of this; what comes sooner is the same wish,
// which came by two ways (a terminal's to all its processes, and a parent's to its child).
//
// Thread rule: one in a process at a time, as signals are the process's; asked() and which() by any
// thread.
class ending_signals {
 public:
  ending_signals();
  ~ending_signals();
  ending_signals(const ending_signals&) = delete;
  ending_signals& operator=(const ending_signals&) = delete;

  // True from the first signal on.
  const std::atomic<bool>& asked() const noexcept;
  // The first signal; 0 where none has come.
  int which() const noexcept;
  // The process that gets the first signal too, at once if it has come already; 0: none.
  void pass_on_to(pid_t child) noexcept;

  // What is done, by a signal handler, before a later signal ends the process; nullptr: nothing.
  static void before_end(void (*last_act)() noexcept) noexcept;

 private:
  std::vector<std::pair<int, struct sigaction>> before_;  // what signals did
};

// Ends the process by this signal, so that whoever started it sees what ended it. Comes back only
// where the signal does not: to the first process of a container.
void end_by(int signal) noexcept;

}  // namespace nearmem::tools
