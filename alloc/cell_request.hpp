#pragma once

#include <cstddef>
#include <cstdint>

#include <nearmem/alloc/size_class.hpp>

namespace nearmem {

// Which cell serves a request, the same in every slab resource.
//
//   up to 32 KiB, alignment up to 64 ─► a cell of its class
//   more alignment, small ────────────► a cell with room to align within: `within`
//   the rest ─────────────────────────► a run of pages: not `by_cell`
struct cell_request {
  std::size_t class_number = 0;
  bool by_cell = false;
  bool within = false;

  // Requires an alignment that is a power of two. O(1).
  static constexpr cell_request of(std::size_t bytes, std::size_t alignment) noexcept {
    if (size_class::serves(bytes, alignment)) {
      return {size_class::index(bytes, alignment), true, false};
    }
    // Such a cell of up to 2 KiB is less than the page that the block would take otherwise.
    constexpr std::size_t most = 2048;
    constexpr std::size_t natural = size_class::largest_alignment;
    if (bytes <= most && alignment <= most) {
      // A block of no bytes takes one, or it could begin where the next cell does.
      const std::size_t room = (bytes == 0 ? 1 : bytes) + alignment - natural;
      if (room <= most) return {size_class::index(room, natural), true, true};
    }
    return {};
  }

  // Where the block lies in its cell.
  void* block_in(void* cell, std::size_t alignment) const noexcept {
    if (!within) return cell;
    const auto address = reinterpret_cast<std::uintptr_t>(cell);
    return reinterpret_cast<void*>((address + alignment - 1) & ~(alignment - 1));
  }
};

}  // namespace nearmem
