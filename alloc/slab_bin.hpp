#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <nearmem/accounting/contract.hpp>
#include <nearmem/accounting/resource_description.hpp>
#include <nearmem/alloc/cell_array.hpp>
#include <nearmem/alloc/fixed_cell_array.hpp>
#include <nearmem/alloc/owner_counter.hpp>
#include <nearmem/alloc/page_account.hpp>
#include <nearmem/alloc/slab.hpp>
#include <nearmem/alloc/slab_return.hpp>

namespace nearmem {

class slab_shelf;

// The array in front of a bin.
template <slab_return Return>
using cells_at_hand_of =
    std::conditional_t<Return == slab_return::by_trim, fixed_cell_array, cell_array>;

// Cells of one size: the one engine behind slab_cache and the slab resources.
//
//   pop ◄─┐ ┌─ push
//         ▼ │
//   cell_array │ p │ p │ p │   │   │        a small array of free cells, last in, first out
//        refill │ ▲ spill (the older half)
//               ▼ │
//   shelf_:  full slabs · partly free slabs, fullest first · empty slabs      one bit a cell
//
// What is hot stays in the array; what is cold is a bit in a descriptor. A refill takes the lowest
// addresses of the fullest slab, so that slabs fill up or empty. The array grows with what is in
// use (an eighth of it, 8 to 128 cells), so small pools stay small and a pool that shrinks lets
// go. No books are kept per object: live cells are what the array has handed out.
//
// An empty slab goes back to the pages below unless slab_tide wants it kept. A slab is the smallest
// power of two of bytes, from 4 to 64 KiB, that holds 8 cells, and grows to an eighth of what the
// bin has cut; under a small budget, or where little is left, it is as small as the pages of one
// cell.
//
// A bin that returns slabs by trim() leaves empty ones where they are until then. What rests in its
// array need not be little, so the array is a fixed_cell_array, whose paths are shorter.
//
// Invariants (audit() recomputes them)
//  1. cut_ == sum of cells of all slabs == handed_out() + size() + sum of their free cells.
//  2. Every pointer of the array is a cell of this bin, its bit is not set, and it is there once.
//  3. A slab is on the list that its free cells say; every page of it names it as its owner.
//
// Thread rule: one owner; usage() may be called by any thread, under the version of the account.
template <slab_return Return>
class alignas(64) basic_slab_bin : private cells_at_hand_of<Return> {
  using cells_at_hand = cells_at_hand_of<Return>;

 public:
  basic_slab_bin() noexcept = default;
  basic_slab_bin(const basic_slab_bin&) = delete;
  basic_slab_bin& operator=(const basic_slab_bin&) = delete;

  // Says what cells are cut: of `cell_bytes` bytes, a multiple of `alignment`, a power of two of at
  // most 4096; cells start at multiples of it. Once, before anything else.
  void configure(std::size_t cell_bytes, std::size_t alignment) noexcept;

  std::size_t cell_bytes() const noexcept { return cell_bytes_; }

  // Takes a cell out of the array, or puts one of this bin in; false if that cannot be.
  using cells_at_hand::try_pop;
  using cells_at_hand::try_push;

  // Fills the empty array; false with the reason in `why` if no pages were given.
  bool refill(page_account& pages, page_grant& why) noexcept;
  // Makes room in the full array. Returns empty slabs, unless that is left to trim().
  void spill(page_account& pages) noexcept;

  // Gives every empty slab back, the array's cells included; returns the bytes given back.
  std::size_t trim(page_account& pages) noexcept;
  // Gives every slab back, whoever uses its cells.
  void release(page_account& pages) noexcept;

  // Ends the process unless `cell` is one of this bin's and in use; whatever the build checks.
  // O(array).
  void expect_live(page_account& pages, const void* cell) const noexcept;

  size_class_usage usage() const noexcept;

  // Recomputes the invariants; false if one is broken. Adds the bytes of its runs to `run_bytes`.
  bool audit(page_account& pages, std::size_t& run_bytes) const noexcept;

 private:
  using cells_at_hand::begin;
  using cells_at_hand::capacity;
  using cells_at_hand::clear;
  using cells_at_hand::drop_oldest;
  using cells_at_hand::drop_storage;
  using cells_at_hand::end;
  using cells_at_hand::fill;
  using cells_at_hand::handed_out;
  using cells_at_hand::largest_capacity;
  using cells_at_hand::reserve;
  using cells_at_hand::size;
  using cells_at_hand::storage_bytes;
  using cells_at_hand::suitable_capacity;

  bool serves(const slab& what) const noexcept {
    return what.bin() == reinterpret_cast<std::uintptr_t>(this);
  }
  std::size_t live() const noexcept { return static_cast<std::size_t>(handed_out()); }
  void put_back(page_account& pages, std::size_t cells) noexcept;
  bool make_shelf(page_account& pages, page_grant& why) noexcept;
  slab* make_slab(page_account& pages, page_grant& why) noexcept;
  void count_slabs(page_account& pages, int sign, page_run run) noexcept;
  std::size_t slab_bytes() const noexcept {
    return std::size_t{slab_pages_.load(std::memory_order_acquire)} * 4096;
  }
  void drop(page_account& pages, slab& what) noexcept;
  void forget_cells(page_account& pages) noexcept;
  void drop_all_storage(page_account& pages) noexcept;
  bool audit_array(page_account& pages) const noexcept;

  std::uint16_t alignment_ = 0;
  std::uint32_t cell_bytes_ = 0;
  slab_shelf* shelf_ = nullptr;
  owner_counter cut_;
  std::atomic<std::uint32_t> slabs_{0};
  std::atomic<std::uint32_t> slab_pages_{0};  // of 4096 bytes
};

extern template class basic_slab_bin<slab_return::when_empty>;
extern template class basic_slab_bin<slab_return::by_trim>;

// The one that gives back on its own.
using slab_bin = basic_slab_bin<slab_return::when_empty>;

}  // namespace nearmem
