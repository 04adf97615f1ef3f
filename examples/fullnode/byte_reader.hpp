#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

#include "examples/fullnode/hash256.hpp"

namespace nearmem::fullnode {

// Reads Bitcoin's consensus serialisation from bytes in memory.
//
//   ├── read ──┼─────── remaining() ───────┤
//   start     position()
//   ▲ = offset `base` of the input
//
// Every read checks what is left first and throws format_error with the offset of the field and
// its name. A count is believed only as far as the bytes that are left could hold so many elements,
// so that nothing is ever allocated for a length that the input merely claims.
//
// Thread rule: one thread at a time. The bytes must outlive the reader.
class byte_reader {
 public:
  explicit byte_reader(std::span<const std::byte> bytes, std::size_t base = 0) noexcept
      : bytes_(bytes), base_(base) {}

  // Bytes read so far.
  std::size_t position() const noexcept { return position_; }
  // The same as an offset of the whole input.
  std::size_t offset() const noexcept { return base_ + position_; }
  std::size_t remaining() const noexcept { return bytes_.size() - position_; }

  // A little-endian number. `what` names the field in the error.
  template <std::unsigned_integral Number>
  Number read_number(const char* what) {
    Number number = 0;
    std::span<const std::byte> field = read_bytes(sizeof(Number), what);
    for (std::size_t i = 0; i < sizeof(Number); ++i) {
      // Widened first: shifting a promoted, signed, int is not what is meant.
      auto part = std::uint64_t{std::to_integer<std::uint8_t>(field[i])} << (8 * i);
      number = static_cast<Number>(number | part);
    }
    return number;
  }

  hash256 read_hash(const char* what);

  // The next `count` bytes, in place.
  std::span<const std::byte> read_bytes(std::size_t count, const char* what);

  // What was read since `position` was position(), in place.
  std::span<const std::byte> since(std::size_t position) const noexcept {
    return bytes_.subspan(position, position_ - position);
  }

  // A compact size that counts elements of at least `least_bytes` (not 0) each. Throws where the
  // bytes left cannot hold so many, or where the number is not in its shortest form.
  std::size_t read_count(std::size_t least_bytes, const char* what);

  // A string of bytes with its length in front, in place.
  std::span<const std::byte> read_string(const char* what) {
    return read_bytes(read_count(1, what), what);
  }

 private:
  std::uint64_t read_compact_size(const char* what);

  std::span<const std::byte> bytes_;
  std::size_t base_;
  std::size_t position_ = 0;
};

}  // namespace nearmem::fullnode
