#include "tests/tools/pseudo_terminal.hpp"

#include <array>
#include <cstdlib>

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace nearmem {

pseudo_terminal::pseudo_terminal() : reader_(::posix_openpt(O_RDWR | O_NOCTTY)) {
  if (reader_ < 0 || ::grantpt(reader_) != 0 || ::unlockpt(reader_) != 0) return;
  std::array<char, 100> name{};
  if (::ptsname_r(reader_, name.data(), name.size()) != 0) return;
  terminal_ = ::open(name.data(), O_RDWR | O_NOCTTY);
}

pseudo_terminal::~pseudo_terminal() {
  if (terminal_ >= 0) ::close(terminal_);
  if (reader_ >= 0) ::close(reader_);
}

void pseudo_terminal::resize(unsigned short columns, unsigned short rows) {
  winsize size{};
  size.ws_col = columns;
  size.ws_row = rows;
  ::ioctl(terminal_, TIOCSWINSZ, &size);
}

std::string pseudo_terminal::seen() {
  std::string all;
  pollfd waiting{reader_, POLLIN, 0};
  while (::poll(&waiting, 1, 50) == 1 && (waiting.revents & POLLIN) != 0) {
    std::array<char, 4096> part{};
    const ssize_t got = ::read(reader_, part.data(), part.size());
    if (got <= 0) break;
    all.append(part.data(), static_cast<std::size_t>(got));
  }
  return all;
}

}  // namespace nearmem
