#include "tools/locked_folder.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace nearmem::tools {

locked_folder::locked_folder(const std::filesystem::path& folder, when_locked then)
    : descriptor_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) {
  if (!holds()) return;
  const int how = then == when_locked::wait ? LOCK_EX : LOCK_EX | LOCK_NB;
  int failed = 0;
  do {
    failed = ::flock(descriptor_, how);
  } while (failed != 0 && errno == EINTR);
  if (failed == 0) return;
  ::close(descriptor_);
  descriptor_ = -1;
}

locked_folder::~locked_folder() {
  if (holds()) ::close(descriptor_);
}

bool locked_folder::is_private() const noexcept {
  struct stat found{};
  return ::fstat(descriptor_, &found) == 0 && found.st_uid == ::geteuid() &&
         (found.st_mode & (S_IRWXG | S_IRWXO)) == 0;
}

}  // namespace nearmem::tools
