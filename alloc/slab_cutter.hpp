#pragma once

#include <cstddef>
#include <cstdint>

#include <nearmem/alloc/page_account.hpp>
#include <nearmem/alloc/slab.hpp>

namespace nearmem {

// How cells of one size lie: at multiples of `alignment`, a power of two of at most 4096 that
// divides `bytes`.
struct cell_shape {
  std::uint32_t bytes = 0;
  std::uint32_t alignment = 0;
};

// The shape of a size class, with cells spread to multiples of `least` bytes if that is not 0.
// Requires a power of two up to 4096 or 0.
cell_shape shape_of_class(std::size_t class_number, std::size_t least);

// The smallest slab of such cells: the smallest power of two of bytes, from 4 to 64 KiB, that holds
// 8 of them, or the pages of one.
std::size_t first_slab_bytes(std::size_t cell_bytes) noexcept;

// The bytes of the next slab of cells of which `cut_bytes` are cut: an eighth, so that slabs grow
// with demand; from first_slab_bytes() to 64 KiB. Neither is more than what the account takes at
// once, where a slab of fewer cells, one at least, is less.
std::size_t next_slab_bytes(const page_account& pages, std::size_t cell_bytes,
                            std::size_t cut_bytes) noexcept;

// The pages of as many cells as lie in `bytes`, or of one.
std::size_t fitting_slab_bytes(std::size_t cell_bytes, std::size_t bytes) noexcept;

// At most what one block of such cells takes from the account: a slab, and the descriptors of the
// slab, of the list that it goes to and of the array in front; `others` as page_account's.
std::size_t slab_acquisition_bound(const page_account& pages, std::size_t cell_bytes,
                                   std::size_t others = 0) noexcept;

// Takes a run of `bytes`, cuts it into cells and names the new slab its owner; every cell is free.
// Where so many are not to be had, with the descriptor, half as many, and so on down to the pages
// of one cell. nullptr with the reason in `why`, which is that of the last and smallest.
//
// `slabs_cut` counts those of the bin, and chooses the layout with the cells' size; see
// slab_layout.
slab* cut_slab(page_account& pages, const slab_user& user, cell_shape shape, std::size_t bytes,
               std::uint32_t& slabs_cut, page_grant& why) noexcept;

// Gives a slab's pages and its descriptor back. Requires a slab of no list.
void drop_slab(page_account& pages, slab& what) noexcept;

}  // namespace nearmem
