#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include <nearmem/alloc/cell_grid.hpp>
#include <nearmem/alloc/run_owner.hpp>
#include <nearmem/alloc/slab_claim.hpp>

namespace nearmem {

// Whose cells a slab holds.
struct slab_user {
  // One thread's: the address of its bin. Many threads': how far into a heap's bins that of the
  // class lies.
  std::uintptr_t bin = 0;
  std::uint32_t class_number = 0;  // of many threads' cells
};

// Describes one run of pages that is cut into cells of one size, and knows which cells are free.
//
//   run  ├─ colour ─┤ cell 0 │ cell 1 │ ... │ cell n-1 │ tail ┤      data pages hold data only
//                   ▲ first
//   descriptor (elsewhere): slab │ summary words: word i has a free cell │ one bit a cell: 1 = free
//
// A cell whose bit is 0 is in use or in the array in front of the slab's bin. Nothing is ever
// written into free cells, so finding and freeing them touches no cold line of theirs, and a
// second free is a bit that is already set.
//
// Invariants (audit() recomputes them)
//  1. free_cells == number of set bits; no bit at or beyond `cells` is set.
//  2. Summary bit i is set if and only if word i is not 0.
//
// Thread rule: the bin's owner, or who holds the claim, but for the links of a slab in a depot,
// which are under its lock; what never changes and the arithmetic of addresses by any thread.
class slab : public run_owner {
 public:
  // Bytes of the descriptor of a slab of `cells` cells.
  static constexpr std::size_t descriptor_bytes(std::size_t cells) noexcept {
    const std::size_t words = words_for(cells);
    return sizeof(slab) + (words + words_for(words)) * sizeof(std::uint64_t);
  }

  // Made in place in descriptor_bytes(cells) bytes; every cell is free. Requires that the cells fit
  // into the run behind the colour and that none crosses 2^24 bytes from the first.
  slab(const slab_user& user, page_account& pages, page_run run, std::size_t colour_bytes,
       std::uint32_t cell_bytes, std::uint32_t cells, std::uint32_t first_out = 0) noexcept;

  std::uintptr_t bin() const noexcept { return bin_; }
  std::uint32_t class_number() const noexcept { return class_number_; }
  slab_claim& claim() noexcept { return claim_; }
  const slab_claim& claim() const noexcept { return claim_; }
  page_run run() const noexcept { return run_; }
  const cell_grid& grid() const noexcept { return grid_; }
  std::uint32_t cell_bytes() const noexcept { return grid_.cell_bytes; }
  std::uint32_t cells() const noexcept { return grid_.cells; }
  std::uint32_t free_cells() const noexcept { return free_cells_; }
  // How much of it is free, in eighths of the next power of two: 0 to 7. O(1).
  std::uint32_t free_eighths() const noexcept { return free_cells_ >> eighth_shift_; }
  std::byte* first_cell() const noexcept { return grid_.first; }

  // The number of the cell that `address` lies in. Requires an address behind the first cell.
  std::uint32_t index_of(const void* address) const noexcept { return grid_.index_of(address); }
  // The start of the cell that `address` lies in. Requires an address behind the first cell.
  void* cell_around(const void* address) const noexcept {
    return grid_.at(grid_.index_of(address));
  }
  // Whether a cell begins at `address`, which lies in the run.
  bool has_cell_at(const void* address) const noexcept { return grid_.has_cell_at(address); }

  bool is_free(std::uint32_t index) const noexcept {
    return (words()[index / 64] >> (index % 64) & 1) != 0;
  }
  // Sets the cell's bit; false if it was set already. O(1).
  bool set_free(std::uint32_t index) noexcept {
    const bool was_used = set_bit(summary(), words(), index);
    if (was_used) ++free_cells_;
    return was_used;
  }
  // Sets the bits of all cells whose indexes each() calls its argument with; returns how many. Ends
  // the program, in builds that check, if one was set already. O(cells).
  template <class Each>
  std::uint32_t set_free_each(Each each) noexcept {
    std::uint64_t* const of_words = summary();
    std::uint64_t* const of_cells = words();
    std::uint32_t freed = 0;
    each([&](std::uint32_t index) {
      [[maybe_unused]] const bool was_used = set_bit(of_words, of_cells, index);
      expects(was_used, "slab: a cell was freed twice");
      ++freed;
    });
    free_cells_ += freed;
    return freed;
  }
  // Sets all bits. O(cells / 64).
  void set_all_free() noexcept;
  // Takes up to `most` free cells into `out`, by their addresses from the one that goes out first
  // (see slab_layout) and then from the lowest; returns how many.
  std::uint32_t take(void** out, std::uint32_t most) noexcept;

  // Loads what a claim and set_free() will read and write, but for the bits of a large slab.
  void prefetch() const noexcept {
    __builtin_prefetch(this);
    __builtin_prefetch(&free_cells_);
    __builtin_prefetch(this + 1);
  }

  bool audit() const noexcept;

 private:
  friend class slab_list;
  friend class slab_arrivals;

  static constexpr std::size_t words_for(std::size_t bits) noexcept { return (bits + 63) / 64; }

  // Sets a cell's bit, and its word's; false if it was set already.
  static bool set_bit(std::uint64_t* of_words, std::uint64_t* of_cells,
                      std::uint32_t index) noexcept {
    std::uint64_t& word = of_cells[index / 64];
    const std::uint64_t bit = std::uint64_t{1} << (index % 64);
    const std::uint64_t before = word;
    if (before == 0) of_words[index / 4096] |= std::uint64_t{1} << (index / 64 % 64);
    word = before | bit;
    return (before & bit) == 0;
  }

  std::uint64_t* summary() const noexcept {
    return reinterpret_cast<std::uint64_t*>(const_cast<slab*>(this) + 1);
  }
  std::uint32_t take_from(std::uint32_t begin, void** out, std::uint32_t wanted) noexcept;
  std::uint64_t* words() const noexcept { return summary() + summary_words_; }

  // What never changes, with whose it is, on one cache line: all that most frees read.
  std::uintptr_t bin_;
  cell_grid grid_;
  std::uint32_t class_number_;
  std::uint32_t summary_words_;
  std::uint32_t first_out_;  // see slab_layout
  std::uint32_t eighth_shift_;

  slab_claim claim_;
  page_run run_;
  std::uint32_t free_cells_ = 0;
  std::uint16_t list_ = 0;                 // see slab_list
  std::atomic<std::uint16_t> arrival_{0};  // see slab_arrivals
  // Of the list it is on, or of those that wait for one; see slab_list and slab_arrivals.
  slab* next_ = nullptr;
  slab* previous_ = nullptr;
};

// Finds the slabs that cells lie in, in the order of the cells, and has what a free changes of each
// fetched meanwhile: the misses overlap. Requires cells of slabs of `source`, and room for as many
// slabs. O(cells).
inline void find_slabs(const page_source& source, std::span<void* const> cells,
                       std::span<slab*> found) noexcept {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    found[i] = static_cast<slab*>(static_cast<run_owner*>(source.owner_of(cells[i])));
    found[i]->prefetch();
  }
}

// A list of slabs, linked through them. Thread rule: one owner.
class slab_list {
 public:
  slab* front() const noexcept { return front_; }
  static slab* after(const slab& of) noexcept { return of.next_; }
  // The number that insert() left.
  static std::uint32_t number_of(const slab& of) noexcept { return of.list_; }

  // Puts a slab of no list in front; leaves it the list's number, which is below 2^15.
  void insert(slab& what, std::uint32_t number) noexcept {
    what.list_ = static_cast<std::uint16_t>(number);
    what.previous_ = nullptr;
    what.next_ = front_;
    if (front_ != nullptr) front_->previous_ = &what;
    front_ = &what;
  }
  // Leaves it the number 0.
  void remove(slab& what) noexcept {
    what.list_ = 0;
    if (what.next_ != nullptr) what.next_->previous_ = what.previous_;
    (what.previous_ != nullptr ? what.previous_->next_ : front_) = what.next_;
  }

 private:
  slab* front_ = nullptr;
};

}  // namespace nearmem
