#pragma once

#include <bit>
#include <cstddef>

namespace nearmem {

// The sizes of cells that serve requests of any size, the same on every machine.
//
//   16 32 48 ... 128 | 144 160 ... 256 | 288 320 ... 512 | ... | 18432 20480 ... 32768
//   8 by 16          | 8 by 16         | 8 by 32         | ... | 8 by 2048
//
// A request above 128 bytes wastes at most 12.5 % of its cell (the step is an eighth of the power
// of two below); one of up to 128 at most 15 bytes.
namespace size_class {

inline constexpr std::size_t largest_bytes = 32768;
inline constexpr std::size_t count = 72;
// A cell starts at a multiple of the largest power of two, up to this, that divides its size.
inline constexpr std::size_t largest_alignment = 64;

// Bytes of a cell of class `index`. Requires index < count. O(1).
constexpr std::size_t cell_bytes(std::size_t index) noexcept {
  if (index < 8) return (index + 1) * 16;
  return (9 + index % 8) << (3 + index / 8);
}

// The class of the smallest cell that holds `bytes`. Requires bytes <= largest_bytes. O(1).
constexpr std::size_t index(std::size_t bytes) noexcept {
  const std::size_t last = bytes == 0 ? 0 : bytes - 1;
  const auto width = static_cast<std::size_t>(std::bit_width(last | 128));
  return (width - 8) * 8 + (last >> (width - 4));
}

// Whether a class serves the request; what none serves is a run of pages.
constexpr bool serves(std::size_t bytes, std::size_t alignment) noexcept {
  if (alignment <= 16) return bytes <= largest_bytes;
  return alignment <= largest_alignment && bytes <= largest_bytes - (alignment - 1);
}

// The class of the smallest cell that holds `bytes` and whose size is a multiple of `alignment`.
// Requires serves(bytes, alignment).
constexpr std::size_t index(std::size_t bytes, std::size_t alignment) noexcept {
  if (alignment <= 16) return index(bytes);
  std::size_t found = index((bytes + alignment - 1) & ~(alignment - 1));
  while (cell_bytes(found) % alignment != 0)
    ++found;
  return found;
}

}  // namespace size_class
}  // namespace nearmem
