#pragma once

#include <cstddef>
#include <cstdint>

namespace nearmem {

// Where the cells of a slab lie: as many of one size, one behind the other.
//
//   first ─► │ cell 0 │ cell 1 │ ... │ cell `cells - 1` │
//
// Never changes while the slab lives.
//
// The reciprocal is exact for offsets below 2^24: with c cells bytes, r = (2^40 + e) / c and e < c,
// the error offset * e / (c * 2^40) stays below 1 / c if offset * e < 2^40; c is at most 2^16
// where a slab holds more than one cell.
//
// Thread rule: a value.
struct cell_grid {
  std::byte* first = nullptr;
  std::uint64_t reciprocal = 0;  // of cell_bytes, times 2^40, rounded up
  std::uint32_t cell_bytes = 0;
  std::uint32_t cells = 0;

  // Requires that no cell crosses 2^24 bytes from the first.
  static constexpr cell_grid of(std::byte* first, std::uint32_t cell_bytes,
                                std::uint32_t cells) noexcept {
    return {first, ((std::uint64_t{1} << reciprocal_shift) + cell_bytes - 1) / cell_bytes,
            cell_bytes, cells};
  }

  // The number of the cell that `address` lies in. Requires an address behind the first cell.
  std::uint32_t index_of(const void* address) const noexcept {
    return index_at(static_cast<std::size_t>(static_cast<const std::byte*>(address) - first));
  }
  // The same by the bytes from the first cell.
  std::uint32_t index_at(std::size_t offset) const noexcept {
    return static_cast<std::uint32_t>((std::uint64_t{offset} * reciprocal) >> reciprocal_shift);
  }
  // The start of a cell.
  std::byte* at(std::uint32_t index) const noexcept {
    return first + std::size_t{index} * cell_bytes;
  }
  // Whether a cell begins at `address`.
  bool has_cell_at(const void* address) const noexcept {
    if (static_cast<const std::byte*>(address) < first) return false;
    const std::uint32_t index = index_of(address);
    return index < cells && at(index) == address;
  }

 private:
  static constexpr int reciprocal_shift = 40;
};

}  // namespace nearmem
