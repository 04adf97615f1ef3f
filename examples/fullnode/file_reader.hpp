#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace nearmem::fullnode {

// Reads a regular file at given offsets, through the key that Bitcoin Core (28 and later) writes
// its block files with: eight bytes, repeated over the file, in a file xor.dat in the same folder.
// Where there is no such file, bytes are as they are.
//
// Thread rule: one thread at a time.
class file_reader {
 public:
  // Opens it. Throws input_error, where it is missing, cannot be read, is empty or is no regular
  // file: a directory, and a pipe, whose length nobody knows.
  explicit file_reader(std::string file);
  ~file_reader();
  file_reader(const file_reader&) = delete;
  file_reader& operator=(const file_reader&) = delete;

  const std::string& name() const noexcept { return name_; }
  // Bytes of the file when it was opened.
  std::size_t size() const noexcept { return size_; }

  // Fills `into` from `offset` on. Requires offset + into.size() <= size(). Throws input_error
  // where the file fails or became shorter.
  void read(std::size_t offset, std::span<std::byte> into) const;

 private:
  void read_key();

  std::string name_;
  int descriptor_ = -1;
  std::size_t size_ = 0;
  std::array<std::byte, 8> key_{};  // zeros: bytes are as they are
};

}  // namespace nearmem::fullnode
