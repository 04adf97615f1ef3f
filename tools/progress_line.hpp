#pragma once

#include <chrono>
#include <functional>
#include <string_view>

namespace nearmem::tools {

// One line on standard error that says how far the work is: only on a terminal, only once the work
// has lasted over a second, and gone when the work is done.
//
// Thread rule: one thread at a time.
class progress_line {
 public:
  using clock = std::function<std::chrono::steady_clock::time_point()>;

  // `stream` and `now` are other ones in tests.
  explicit progress_line(int stream = 2, clock now = std::chrono::steady_clock::now);
  ~progress_line();
  progress_line(const progress_line&) = delete;
  progress_line& operator=(const progress_line&) = delete;

  // True if show() would show something now. So that nobody formats what nobody sees.
  bool is_due() const;
  // Shows the text instead of what was shown before, at most ten times a second. Never fails.
  void show(std::string_view text) noexcept;

 private:
  int stream_;
  clock now_;
  bool is_terminal_;
  bool is_shown_ = false;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace nearmem::tools
