#pragma once

#include <cstddef>
#include <cstdint>

namespace nearmem {

// A freed cell on its way to who holds its slab: where it lies, in units of 16 bytes, modulo
// 128 MiB. So it is known from the address alone, and the address from the number and any other of
// the same slab; never 0.
//
//   │ 1 │ 23 bits of address / 16 │
//
// Thread rule: values.
namespace cell_number {

inline constexpr std::uint32_t mark = std::uint32_t{1} << 23;

// Requires a cell that begins at a multiple of 16. O(1).
inline std::uint32_t of(const void* cell) noexcept {
  return mark |
         (static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(cell) >> 4) & (mark - 1));
}

// Bytes from cell `from` to cell `to`, which lies behind it by less than 128 MiB. O(1).
inline std::size_t bytes_between(std::uint32_t from, std::uint32_t to) noexcept {
  return std::size_t{(to - from) & (mark - 1)} << 4;
}

// The cell of a number of the same slab as `near`. O(1).
inline std::byte* beside(std::byte* near, std::uint32_t number) noexcept {
  const std::size_t behind = bytes_between(of(near), number);
  const std::size_t before = bytes_between(number, of(near));
  return behind < before ? near + behind : near - before;
}

}  // namespace cell_number
}  // namespace nearmem
