#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstring>

#include <nearmem/alloc/owner_version.hpp>
#include <nearmem/alloc/page_request.hpp>

#if defined(__x86_64__) && !defined(__SANITIZE_THREAD__)
#define NEARMEM_COUNTS_IN_MEMORY 1
#endif
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#undef NEARMEM_COUNTS_IN_MEMORY
#endif
#endif

namespace nearmem {

// A cell_array that is always there and never grows: 127 free cells in the object itself, last in,
// first out.
//
//   slots_ │ 0 │ p │ p │ p │ p │   │   │ ... │   │ - │      slot 0 is null, for a pop that finds no
//                            ▲ count_ + 128                 cell; the last one is for what a push
//                        pop ▼ ▲ push                       writes that finds no room
//
// The count ends at 0, so counting itself says whether there was room, and what a pop finds says
// whether it is a cell; the slots lie at a known place. So a pop is five instructions (load the
// count, load the slot, test it, branch, count in memory) and a push four (load the count, fill the
// slot, count in memory, branch), where a cell_array needs six each.
//
// Like cell_array it counts what passed through it at no cost: base_ is handed_out() + count_, and
// changes only where cells come and go by the back.
//
// Invariants
//  1. count_ is size() - 128, from -128 to -1, whenever a function has returned; readers beside it
//     take 0, which it is while a push fails, for -1.
//  2. The cells are slots 1 to size(), the oldest first; slot 0 is null.
//
// Thread rule: one owner; handed_out() may be called by any thread, under the owner's version.
class fixed_cell_array {
 public:
  static constexpr std::size_t largest_capacity = 127;

  constexpr fixed_cell_array() noexcept = default;
  fixed_cell_array(const fixed_cell_array&) = delete;
  fixed_cell_array& operator=(const fixed_cell_array&) = delete;

  // What a cell_array would want to grow or shrink to; this one is as it is.
  static constexpr std::size_t suitable_capacity(std::size_t, std::size_t, std::size_t) noexcept {
    return largest_capacity;
  }
  template <class Maker>
  static bool reserve(Maker&, owner_version&, std::size_t cells, page_grant&) noexcept {
    return cells <= largest_capacity;
  }
  template <class Maker>
  static void drop_storage(Maker&, owner_version&) noexcept {}
  static constexpr std::size_t capacity() noexcept { return largest_capacity; }
  static constexpr std::size_t storage_bytes() noexcept { return largest_capacity * sizeof(void*); }

  // Takes a cell out; false if there is none.
  bool try_pop(void*& cell) noexcept {
    void* const found = slots_[slot_of(count_.load(std::memory_order_relaxed))];
    if (found == nullptr) [[unlikely]]
      return false;
    count_down();
    cell = found;
    return true;
  }
  // Puts a cell in; false if there is no room.
  bool try_push(void* cell) noexcept {
    slots_[slot_of(count_.load(std::memory_order_relaxed)) + 1] = cell;
    if (count_up()) [[unlikely]] {
      count_.store(-1, std::memory_order_release);
      return false;
    }
    return true;
  }

  // Cells that callers took less those that they brought.
  std::ptrdiff_t handed_out() const noexcept {
    // In this order: see owner_version.
    const std::ptrdiff_t count =
        std::min<std::ptrdiff_t>(count_.load(std::memory_order_acquire), -1);
    return base_.load(std::memory_order_acquire) - count;
  }

  void* const* begin() const noexcept { return slots_.data() + 1; }
  void* const* end() const noexcept { return begin() + size(); }
  std::size_t size() const noexcept { return slot_of(count_.load(std::memory_order_relaxed)); }

  // Fills the empty array with cells, the first to go out first. Requires room.
  void fill(owner_version& version, void* const* cells, std::size_t count) noexcept {
    std::reverse_copy(cells, cells + count, slots_.data() + 1);
    settle(version, handed_out(), count);
  }
  // Forgets the oldest cells, which are free elsewhere now.
  void drop_oldest(owner_version& version, std::size_t count) noexcept {
    const std::size_t left = size() - count;
    if (left > 0) std::memmove(slots_.data() + 1, begin() + count, left * sizeof(void*));
    settle(version, handed_out(), left);
  }
  // Forgets all cells, and what was handed out.
  void clear(owner_version& version) noexcept { settle(version, 0, 0); }

 private:
  static constexpr std::ptrdiff_t count_of_none = -128;

  static constexpr std::size_t slot_of(std::ptrdiff_t count) noexcept {
    return static_cast<std::size_t>(count - count_of_none);
  }
  // Everything that other threads read changes here.
  void settle(owner_version& version, std::ptrdiff_t handed_out, std::size_t size) noexcept {
    owner_version::change change(version);
    const std::ptrdiff_t count = static_cast<std::ptrdiff_t>(size) + count_of_none;
    base_.store(handed_out + count, std::memory_order_release);
    count_.store(count, std::memory_order_release);
  }

  // Counting up says whether the count is 0 now.
#ifdef NEARMEM_COUNTS_IN_MEMORY
  // No compiler makes one instruction of an atomic's load, sum and store and of the branch on what
  // came out.
  void count_down() noexcept { asm("subq $1, %0" : "+m"(count_) : : "cc"); }
  bool count_up() noexcept {
    bool zero = false;
    asm("addq $1, %0" : "+m"(count_), "=@ccz"(zero));
    return zero;
  }
#else
  std::ptrdiff_t count_by(std::ptrdiff_t step) noexcept {
    const std::ptrdiff_t next = count_.load(std::memory_order_relaxed) + step;
    count_.store(next, std::memory_order_release);
    return next;
  }
  void count_down() noexcept { count_by(-1); }
  bool count_up() noexcept { return count_by(1) == 0; }
#endif

  std::atomic<std::ptrdiff_t> count_{count_of_none};
  std::array<void*, largest_capacity + 2> slots_{};
  std::atomic<std::ptrdiff_t> base_{count_of_none};
};

}  // namespace nearmem

#undef NEARMEM_COUNTS_IN_MEMORY
