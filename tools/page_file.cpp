#include "tools/page_file.hpp"

#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/command.hpp"

namespace nearmem::tools {

page_file::page_file(std::string name) : name_(std::move(name)) {
  constexpr mode_t rights = 0666;
  file_ = ::open(name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, rights);
  is_new_ = file_ >= 0;
  if (!is_new_ && errno == EEXIST) file_ = ::open(name_.c_str(), O_WRONLY | O_CLOEXEC);
  if (file_ < 0) {
    throw bad_input(
        fmt::format("cannot write {}: {}", name_, std::generic_category().message(errno)));
  }
}

page_file::~page_file() {
  if (is_new_ && !is_written_) ::unlink(name_.c_str());
  ::close(file_);
}

void page_file::write(std::string_view page) {
  auto expect = [this](bool good) {
    if (!good) throw std::system_error(errno, std::generic_category(), "cannot write " + name_);
  };
  // Pipes and terminals have no size to cut.
  struct stat state{};
  expect(::fstat(file_, &state) == 0);
  if (S_ISREG(state.st_mode)) expect(::ftruncate(file_, 0) == 0);
  while (!page.empty()) {
    const ssize_t written = ::write(file_, page.data(), page.size());
    if (written < 0 && errno == EINTR) continue;
    expect(written > 0);
    page.remove_prefix(static_cast<std::size_t>(written));
  }
  is_written_ = true;
}

}  // namespace nearmem::tools
