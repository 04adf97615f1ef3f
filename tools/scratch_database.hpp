#pragma once

#include <filesystem>
#include <string>

namespace nearmem::tools {

// The folder of a run's database: the one that was asked for, which stays, or a temporary one,
// which goes with everything in it.
class scratch_database {
 public:
  // Throws bad_input where no temporary folder can be made.
  explicit scratch_database(const std::string& asked);
  ~scratch_database();
  scratch_database(const scratch_database&) = delete;
  scratch_database& operator=(const scratch_database&) = delete;

  const std::string& folder() const noexcept { return folder_; }

 private:
  std::string folder_;
  bool is_temporary_;
};

}  // namespace nearmem::tools
