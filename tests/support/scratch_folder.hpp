#pragma once

#include <string>
#include <string_view>

namespace nearmem {

// A folder of the test's own, removed with everything in it when it goes.
class scratch_folder {
 public:
  scratch_folder();
  ~scratch_folder();
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;

  // The path of `name` in the folder.
  std::string path(std::string_view name) const;
  // Writes a file there and returns its path.
  std::string write(std::string_view name, std::string_view bytes) const;

 private:
  std::string folder_;
};

}  // namespace nearmem
