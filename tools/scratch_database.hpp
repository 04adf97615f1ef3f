#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "tools/locked_folder.hpp"

namespace nearmem::tools {

// The folder of a run's database: the one that was asked for, which stays, or a temporary one,
// which goes with everything in it.
//
//   /tmp/nearmem-fullnode-Xy3k9Q    locked for as long as the run lives (lock_)
//   └── database                    LevelDB's files (folder())
//
// Nobody removes it for a run that was killed, so the next one that makes a temporary folder beside
// it does: what bears such a name, is this user's alone, holds a database and nothing else, and is
// locked by nobody. All else is left as it is.
class scratch_database {
 public:
  // Throws bad_input where no temporary folder can be made.
  explicit scratch_database(const std::string& asked);
  ~scratch_database();
  scratch_database(const scratch_database&) = delete;
  scratch_database& operator=(const scratch_database&) = delete;

  const std::string& folder() const noexcept { return folder_; }

 private:
  std::filesystem::path temporary_;  // empty: none
  std::optional<locked_folder> lock_;
  std::string folder_;
};

}  // namespace nearmem::tools
