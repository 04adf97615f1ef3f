#pragma once

#include <chrono>
#include <string>

#include "examples/fullnode/run_sample.hpp"
#include "tools/progress_line.hpp"

namespace nearmem::tools {

// The view of a run on a terminal, drawn in place at most ten times a second; nothing where the
// stream is no terminal. The cursor rests, hidden, at the view's first line, so that one sequence
// restores the screen from anywhere: it is written when this goes, and when a signal ends the
// process at once (ending_signals).
//
// Thread rule: one thread at a time; one live view in a process, as signals are the process's.
class fullnode_live {
 public:
  // `name` is the run's, of ASCII. `stream` and `now` are other ones in tests.
  explicit fullnode_live(std::string name, int stream = 2,
                         progress_line::clock now = std::chrono::steady_clock::now);
  ~fullnode_live();
  fullnode_live(const fullnode_live&) = delete;
  fullnode_live& operator=(const fullnode_live&) = delete;

  // Draws the sample instead of the one before, if that has been seen long enough.
  void show(const fullnode::run_sample& sample);

 private:
  // What a signal handler may do.
  static void restore_screen() noexcept;

  std::string name_;
  int stream_;
  progress_line::clock now_;
  bool is_terminal_;
  bool is_shown_ = false;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace nearmem::tools
