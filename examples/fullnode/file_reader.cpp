#include "examples/fullnode/file_reader.hpp"

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "examples/fullnode/input_error.hpp"

namespace nearmem::fullnode {
namespace {

std::string reason() {
  return std::generic_category().message(errno);
}

// Fills `into` from `offset` on, or throws.
void read_all(int descriptor, const std::string& name, std::size_t offset,
              std::span<std::byte> into) {
  while (!into.empty()) {
    ssize_t got = ::pread(descriptor, into.data(), into.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw input_error(name, offset, "cannot be read: " + reason());
    if (got == 0) throw input_error(name, offset, "the file became shorter while it was read");
    into = into.subspan(static_cast<std::size_t>(got));
    offset += static_cast<std::size_t>(got);
  }
}

// Closes a file when a constructor or function is left.
class open_file {
 public:
  // Opening must not wait for a pipe's writer: what is no regular file is refused right after.
  explicit open_file(const std::string& name)
      : descriptor_(::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~open_file() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  open_file(const open_file&) = delete;
  open_file& operator=(const open_file&) = delete;

  int get() const noexcept { return descriptor_; }
  int release() noexcept { return std::exchange(descriptor_, -1); }

 private:
  int descriptor_;
};

// The size of an open regular file that is not empty.
std::size_t checked_size(int descriptor, const std::string& name) {
  if (descriptor < 0) throw input_error(name, 0, "cannot be opened: " + reason());
  struct stat status{};
  if (::fstat(descriptor, &status) != 0) throw input_error(name, 0, "cannot be read: " + reason());
  if (S_ISDIR(status.st_mode)) throw input_error(name, 0, "is a directory, not a file of blocks");
  if (!S_ISREG(status.st_mode)) throw input_error(name, 0, "is not a regular file");
  if (status.st_size == 0) throw input_error(name, 0, "the file is empty");
  return static_cast<std::size_t>(status.st_size);
}

}  // namespace

file_reader::file_reader(std::string file) : name_(std::move(file)) {
  open_file opened(name_);
  size_ = checked_size(opened.get(), name_);
  read_key();
  descriptor_ = opened.release();
}

file_reader::~file_reader() {
  ::close(descriptor_);
}

void file_reader::read_key() {
  std::string key_name = (std::filesystem::path(name_).parent_path() / "xor.dat").string();
  open_file opened(key_name);
  if (opened.get() < 0 && errno == ENOENT) return;
  if (checked_size(opened.get(), key_name) != key_.size()) {
    throw input_error(key_name, 0, "a key for block files has 8 bytes");
  }
  read_all(opened.get(), key_name, 0, key_);
}

void file_reader::read(std::size_t offset, std::span<std::byte> into) const {
  read_all(descriptor_, name_, offset, into);
  for (std::byte& each : into)
    each ^= key_[offset++ % key_.size()];
}

}  // namespace nearmem::fullnode
