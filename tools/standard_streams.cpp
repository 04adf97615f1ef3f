#include "tools/standard_streams.hpp"

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace nearmem::tools {
namespace {

// Writes everything or leaves the reason in errno.
bool write_all(int stream, std::string_view text) noexcept {
  while (!text.empty()) {
    ssize_t written = ::write(stream, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

void prepare_standard_streams() noexcept {
  std::signal(SIGPIPE, SIG_IGN);
  for (int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) != -1) continue;
    // The lowest free number is the closed one. Standard output gets a stand-in that refuses to be
    // written to: what was to be said there is lost, and the user must learn that.
    (void)::open("/dev/null", stream == STDERR_FILENO ? O_WRONLY : O_RDONLY);
  }
}

void write_output(std::string_view text) {
  if (!write_all(STDOUT_FILENO, text)) {
    throw std::system_error(errno, std::generic_category(), "cannot write to standard output");
  }
}

void write_error(std::string_view line) noexcept {
  try {
    std::string shown = "nearmem: ";
    for (char character : line) {
      auto code = static_cast<unsigned char>(character);
      if (code < 0x20 || code == 0x7f) {
        shown += fmt::format("\\x{:02x}", code);
      } else {
        shown += character;
      }
    }
    shown += '\n';
    write_all(STDERR_FILENO, shown);
  } catch (...) {
    write_all(STDERR_FILENO, "nearmem: out of memory\n");
  }
}

}  // namespace nearmem::tools
