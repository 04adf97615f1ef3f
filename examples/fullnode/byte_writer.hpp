#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "examples/fullnode/hash256.hpp"

namespace nearmem::fullnode {

// Writes Bitcoin's consensus serialisation to the end of a vector; byte_reader's counterpart.
// Thread rule: one thread at a time. The vector must outlive the writer.
class byte_writer {
 public:
  explicit byte_writer(std::vector<std::byte>& into) noexcept : into_(&into) {}

  // Little-endian.
  template <std::unsigned_integral Number>
  void write_number(Number number) {
    for (std::size_t i = 0; i < sizeof(Number); ++i) {
      into_->push_back(static_cast<std::byte>((std::uint64_t{number} >> (8 * i)) & 0xff));
    }
  }

  void write_bytes(std::span<const std::byte> bytes) {
    into_->insert(into_->end(), bytes.begin(), bytes.end());
  }

  void write_hash(const hash256& hash) { write_bytes(hash.bytes); }

  // A length in its shortest form.
  void write_compact_size(std::uint64_t number) {
    if (number < 0xfd) {
      write_number(static_cast<std::uint8_t>(number));
    } else if (number <= 0xffff) {
      write_number(std::uint8_t{0xfd});
      write_number(static_cast<std::uint16_t>(number));
    } else if (number <= 0xffff'ffff) {
      write_number(std::uint8_t{0xfe});
      write_number(static_cast<std::uint32_t>(number));
    } else {
      write_number(std::uint8_t{0xff});
      write_number(number);
    }
  }

  void write_string(std::span<const std::byte> bytes) {
    write_compact_size(bytes.size());
    write_bytes(bytes);
  }

 private:
  std::vector<std::byte>* into_;
};

}  // namespace nearmem::fullnode
