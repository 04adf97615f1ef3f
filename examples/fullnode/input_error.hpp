#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>

namespace nearmem::fullnode {

// Bytes that are not what they should be. `offset` counts from the start of the input.
class format_error : public std::runtime_error {
 public:
  format_error(std::size_t offset, const std::string& what)
      : std::runtime_error(what), offset_(offset) {}

  std::size_t offset() const noexcept { return offset_; }

 private:
  std::size_t offset_;
};

// A file that cannot be used: one line that names the file, the offset and what is wrong.
class input_error : public std::runtime_error {
 public:
  input_error(const std::string& file, std::size_t offset, const std::string& what)
      : std::runtime_error(file + ": at byte " + std::to_string(offset) + ": " + what) {}
};

}  // namespace nearmem::fullnode
