#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <nearmem/alloc/owner_version.hpp>
#include <nearmem/alloc/page_request.hpp>

namespace nearmem {

// A small array of free cells, last in, first out, in front of slabs: what a bin's hot path is.
//
//   pop ◄─┐ ┌─ push
//         ▼ │
//   bottom_ │ p │ p │ p │   │   │ end_        storage of storage_bytes_, which may reach beyond
//              ▲ top_
//        fill │ ▲ drop_oldest
//
// It also counts what passed through it, at no cost: handed_out() is how many cells callers took
// from here more than they brought. base_ is that number plus the number of the word at top_, so
// that a push or a pop changes one word and readers need no third one.
//
// Storage comes from a Maker, which has make_descriptor(bytes, why) and drop_descriptor(memory,
// bytes), as page_account does.
//
// Thread rule: one owner; handed_out() may be called by any thread, under the owner's version.
class cell_array {
 public:
  static constexpr std::size_t smallest_capacity = 8;
  static constexpr std::size_t largest_capacity = 128;

  constexpr cell_array() noexcept = default;
  cell_array(const cell_array&) = delete;
  cell_array& operator=(const cell_array&) = delete;

  // Room that suits so many cells in use of a class that has `cut_bytes` of slabs in all: an eighth
  // of them, as what rests here keeps slabs from becoming empty. Where that is little, up to 64, as
  // a random walk of allocating and freeing leaves an array of n cells once in about n * n / 4
  // steps: but no more than 16 KiB of cells, nor than what can keep 2 MiB of slabs, which are about
  // an eighth of what is cut.
  static constexpr std::size_t suitable_capacity(std::size_t in_use, std::size_t cell_bytes,
                                                 std::size_t cut_bytes) noexcept {
    const std::size_t few = std::min({std::size_t{16384} / cell_bytes,
                                      (std::size_t{16} << 20) / (cut_bytes + 1), std::size_t{64}});
    return std::clamp(std::bit_floor(std::max(few, in_use / 8)), smallest_capacity,
                      largest_capacity);
  }

  // Takes a cell out; false if there is none.
  bool try_pop(void*& cell) noexcept {
    void** const top = top_.load(std::memory_order_relaxed);
    if (top == bottom_) [[unlikely]]
      return false;
    // In this order the address is needed in one register only.
    top_.store(top - 1, std::memory_order_release);
    cell = top[-1];
    return true;
  }
  // Puts a cell in; false if there is no room.
  bool try_push(void* cell) noexcept {
    void** const top = top_.load(std::memory_order_relaxed);
    if (top == end_) [[unlikely]]
      return false;
    *top = cell;
    top_.store(top + 1, std::memory_order_release);
    return true;
  }

  // Cells that callers took less those that they brought; below 0 where other arrays' cells were
  // brought here.
  std::ptrdiff_t handed_out() const noexcept {
    // In this order: see owner_version.
    const std::size_t top = word_number(top_.load(std::memory_order_acquire));
    return static_cast<std::ptrdiff_t>(base_.load(std::memory_order_acquire) - top);
  }

  void* const* begin() const noexcept { return bottom_; }
  void* const* end() const noexcept { return top_.load(std::memory_order_relaxed); }
  std::size_t size() const noexcept { return static_cast<std::size_t>(end() - begin()); }
  std::size_t capacity() const noexcept { return static_cast<std::size_t>(end_ - bottom_); }
  std::size_t storage_bytes() const noexcept { return storage_bytes_; }

  // Room for `cells`, at least as many as it holds; false if there is no memory for more, and then
  // nothing has changed.
  template <class Maker>
  bool reserve(Maker& maker, owner_version& version, std::size_t cells, page_grant& why) noexcept {
    const std::size_t bytes = cells * sizeof(void*);
    if (bytes > storage_bytes_) {
      auto** const larger = static_cast<void**>(maker.make_descriptor(bytes, why));
      if (larger == nullptr) return false;
      move_to(maker, version, larger, bytes);
    }
    end_ = bottom_ + cells;
    return true;
  }
  // Gives the storage back, if it is empty. What was handed out stays counted.
  template <class Maker>
  void drop_storage(Maker& maker, owner_version& version) noexcept {
    if (storage_bytes_ != 0 && size() == 0) move_to(maker, version, nullptr, 0);
    end_ = bottom_ + std::min(capacity(), storage_bytes_ / sizeof(void*));
  }

  // Fills the empty array with cells, the first to go out last but one first. Requires room.
  void fill(owner_version& version, void* const* cells, std::size_t count) noexcept {
    std::reverse_copy(cells, cells + count, bottom_);
    settle(version, handed_out(), bottom_, count);
  }
  // Forgets the oldest cells, which are free elsewhere now.
  void drop_oldest(owner_version& version, std::size_t count) noexcept {
    const std::size_t left = size() - count;
    if (left > 0) std::memmove(bottom_, bottom_ + count, left * sizeof(void*));
    settle(version, handed_out(), bottom_, left);
  }
  // Forgets all cells, and what was handed out.
  void clear(owner_version& version) noexcept { settle(version, 0, bottom_, 0); }

  // Counts cells that passed by: taken without the array (above 0) or brought (below).
  void count_passed(std::ptrdiff_t cells) noexcept {
    base_.store(base_.load(std::memory_order_relaxed) + static_cast<std::size_t>(cells),
                std::memory_order_release);
  }

 private:
  static std::size_t word_number(void** address) noexcept {
    return reinterpret_cast<std::size_t>(address) / sizeof(void*);
  }
  // Everything that other threads read changes here.
  void settle(owner_version& version, std::ptrdiff_t handed_out, void** bottom,
              std::size_t size) noexcept {
    owner_version::change change(version);
    base_.store(static_cast<std::size_t>(handed_out) + word_number(bottom + size),
                std::memory_order_release);
    bottom_ = bottom;
    top_.store(bottom + size, std::memory_order_release);
  }
  template <class Maker>
  void move_to(Maker& maker, owner_version& version, void** storage, std::size_t bytes) noexcept {
    void** const old = bottom_;
    const std::size_t used = size();
    const std::size_t room = capacity();
    if (used > 0) std::memcpy(storage, old, used * sizeof(void*));
    settle(version, handed_out(), storage, used);
    end_ = bottom_ + std::min(room, bytes / sizeof(void*));
    if (old != nullptr) maker.drop_descriptor(old, storage_bytes_);
    storage_bytes_ = static_cast<std::uint16_t>(bytes);
  }

  std::atomic<void**> top_{nullptr};
  void** bottom_ = nullptr;
  void** end_ = nullptr;
  std::atomic<std::size_t> base_{0};
  std::uint16_t storage_bytes_ = 0;
};

}  // namespace nearmem
