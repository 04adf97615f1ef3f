#include "tools/fullnode_live.hpp"

#include <atomic>
#include <cstddef>
#include <string_view>

#include <sys/ioctl.h>
#include <unistd.h>

#include "tools/ending_signals.hpp"
#include "tools/fullnode_view.hpp"

namespace nearmem::tools {
namespace {

constexpr std::chrono::milliseconds interval{100};
constexpr std::string_view hide_cursor = "\x1b[?25l";
// From the view's first line: erase all below, and show the cursor.
constexpr std::string_view restore = "\r\x1b[J\x1b[?25h";
constexpr std::string_view end_of_line = "\x1b[K\n";
constexpr std::string_view erase_below = "\x1b[J";

// Signals are the process's, and so is what they restore.
std::atomic<int> shown_on{-1};
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler reads it");

void write(int stream, std::string_view text) noexcept {
  // A terminal that cannot be written to shows no view; that is no reason to stop working.
  [[maybe_unused]] ssize_t written = ::write(stream, text.data(), text.size());
}

winsize size_of(int stream) {
  winsize size{};
  constexpr unsigned short usual_columns = 80;
  constexpr unsigned short usual_rows = 24;
  if (::ioctl(stream, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) size.ws_col = usual_columns;
  if (size.ws_row == 0) size.ws_row = usual_rows;
  return size;
}

}  // namespace

fullnode_live::fullnode_live(std::string name, int stream, progress_line::clock now)
    : name_(std::move(name)),
      stream_(stream),
      now_(std::move(now)),
      is_terminal_(::isatty(stream) == 1),
      next_(now_()) {}

fullnode_live::~fullnode_live() {
  if (!is_shown_) return;
  ending_signals::before_end(nullptr);
  restore_screen();
}

void fullnode_live::restore_screen() noexcept {
  if (const int stream = shown_on.exchange(-1); stream >= 0) write(stream, restore);
}

void fullnode_live::show(const fullnode::run_sample& sample) {
  if (!is_terminal_ || now_() < next_) return;
  next_ = now_() + interval;
  const winsize size = size_of(stream_);
  // A line as wide as the terminal would take two on some; and the last row scrolls.
  std::vector<std::string> lines = view_of(sample, name_, size.ws_col - std::size_t{1});
  const std::size_t most = size.ws_row > 1 ? size.ws_row - std::size_t{1} : 1;
  if (lines.size() > most) lines.resize(most);
  std::string frame(is_shown_ ? "" : hide_cursor);
  for (const std::string& line : lines) {
    frame += line;
    frame += end_of_line;
  }
  frame += erase_below;
  frame += "\x1b[" + std::to_string(lines.size()) + "F";
  if (!is_shown_) {
    shown_on = stream_;
    ending_signals::before_end(restore_screen);
    is_shown_ = true;
  }
  write(stream_, frame);
}

}  // namespace nearmem::tools
