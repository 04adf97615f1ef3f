#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace nearmem {

// Where the cells of a slab lie in its run, and which of them goes out first: different for each
// slab of a bin, so that what many slabs begin with does not all meet in one set of a cache.
//
//   slab 0  │ 0 │ 1 │ 2 │ 3 │ 4 │ 5 │ tail │      step: a cache line, or the cells' alignment
//           ▲ first out
//   slab 1  ├─ step ─┤ 0 │ 1 │ 2 │ 3 │ 4 │ 5 │    granule: the largest power of two that divides
//                    ▲                            the cells' size
//   slab 2  │ 0 │ 1 │ 2 │ 3 │ 4 │ 5 │ tail │
//               ▲
//
// Cells of one slab start at multiples of the granule, so they meet every set of any cache if the
// granule is one step. Where it is larger, the colour, the bytes in front of the first cell, runs
// through the granule step by step, in what the cells leave of the run; then the next cell goes out
// first. So n slabs begin at n different places of the cache, whatever its number of sets, and what
// is shared by all machines, cells and charges, stays so.
struct slab_layout {
  std::uint32_t cells = 0;
  std::uint32_t colour_bytes = 0;
  std::uint32_t first_out = 0;  // the number of a cell

  // For the slab of this number, from 0, of a bin. Requires line_bytes and alignment to be powers
  // of two, and run_bytes >= cell_bytes, a multiple of alignment. O(1).
  static constexpr slab_layout of(std::size_t run_bytes, std::size_t cell_bytes,
                                  std::size_t alignment, std::size_t line_bytes,
                                  std::uint32_t number) noexcept {
    const std::size_t step = std::max(line_bytes, alignment);
    const std::size_t granule = std::max(cell_bytes & (~cell_bytes + 1), step);
    std::size_t cells = run_bytes / cell_bytes;
    // Powers of two leave no room to move in; where it costs little they give a cell for it.
    if (std::has_single_bit(cell_bytes) && granule >= 4 * step && cells >= 32) --cells;
    const std::size_t colours = (run_bytes - cells * cell_bytes) / step + 1;
    return {static_cast<std::uint32_t>(cells), static_cast<std::uint32_t>(number % colours * step),
            static_cast<std::uint32_t>(number / colours % cells)};
  }
};

}  // namespace nearmem
