#include "tools/progress_line.hpp"

#include <utility>

#include <unistd.h>

namespace nearmem::tools {
namespace {

constexpr std::chrono::seconds patience{1};
constexpr std::chrono::milliseconds interval{100};
// To the line's beginning, and erase to its end.
constexpr std::string_view erase = "\r\x1b[K";

void write(int stream, std::string_view text) noexcept {
  // A terminal that cannot be written to shows no progress; that is no reason to stop working.
  [[maybe_unused]] ssize_t written = ::write(stream, text.data(), text.size());
}

}  // namespace

progress_line::progress_line(int stream, clock now)
    : stream_(stream),
      now_(std::move(now)),
      is_terminal_(::isatty(stream) == 1),
      next_(now_() + patience) {}

progress_line::~progress_line() {
  if (is_shown_) write(stream_, erase);
}

bool progress_line::is_due() const {
  return is_terminal_ && now_() >= next_;
}

void progress_line::show(std::string_view text) noexcept {
  if (!is_due()) return;
  write(stream_, erase);
  write(stream_, text);
  is_shown_ = true;
  next_ = now_() + interval;
}

}  // namespace nearmem::tools
