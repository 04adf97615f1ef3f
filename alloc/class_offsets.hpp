#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <nearmem/alloc/size_class.hpp>

namespace nearmem {

// Finds the bin of a request without a call: where the compiler knows its shape, by arithmetic that
// it does, and else, if it is small, by a table.
//
//   offsets_ │ 0 │ 16 │ 32 │ ... │ 2048 bytes: how far into an array of bins the class's lies
//
// A member of its user rather than a constant: an address of its own would cost one instruction. An
// Offset as wide as an address costs one less, and four times the room.
template <class Offset>
class class_offsets {
 public:
  constexpr explicit class_offsets(std::size_t bin_bytes) noexcept {
    for (std::size_t i = 0; i < offsets_.size(); ++i)
      offsets_[i] = static_cast<Offset>(size_class::index(i * 16) * bin_bytes);
  }

  // Whether bin_of() may be asked.
  [[gnu::always_inline]] static bool serves(std::size_t bytes, std::size_t alignment) noexcept {
    if (knows(bytes, alignment)) return size_class::serves(bytes, alignment);
    return alignment <= 16 && bytes <= most_bytes;
  }
  template <class Bin, std::size_t Count>
  [[gnu::always_inline]] Bin& bin_of(std::array<Bin, Count>& bins, std::size_t bytes,
                                     std::size_t alignment) const noexcept {
    if (knows(bytes, alignment)) return bins[size_class::index(bytes, alignment)];
    return *reinterpret_cast<Bin*>(reinterpret_cast<std::byte*>(bins.data()) +
                                   offsets_[(bytes + 15) / 16]);
  }

 private:
  static constexpr std::size_t most_bytes = 2048;
  [[gnu::always_inline]] static bool knows(std::size_t bytes, std::size_t alignment) noexcept {
    return __builtin_constant_p(bytes) && __builtin_constant_p(alignment);
  }

  std::array<Offset, most_bytes / 16 + 1> offsets_{};
};

}  // namespace nearmem
