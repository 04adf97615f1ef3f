#pragma once

#include <filesystem>

namespace nearmem::tools {

// A folder that says that its process lives, for as long as this does: the kernel takes the lock
// back from a process that was killed, too.
//
// Thread rule: one thread.
class locked_folder {
 public:
  enum class when_locked { wait, give_up };

  // Locks a folder that is there, but no symbolic link to one. Holds nothing where it cannot: it is
  // locked by another (give_up), not this user's to open, gone, or on a file system that has no
  // such locks.
  explicit locked_folder(const std::filesystem::path& folder, when_locked then);
  ~locked_folder();
  locked_folder(const locked_folder&) = delete;
  locked_folder& operator=(const locked_folder&) = delete;

  bool holds() const noexcept { return descriptor_ >= 0; }
  // Of a folder that is held: true if it is this user's, and nobody else may look into it.
  bool is_private() const noexcept;

 private:
  int descriptor_;
};

}  // namespace nearmem::tools
