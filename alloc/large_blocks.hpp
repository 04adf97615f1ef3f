#pragma once

#include <cstddef>
#include <limits>

#include <nearmem/alloc/owner_counter.hpp>
#include <nearmem/alloc/run_owner.hpp>

namespace nearmem {

// Blocks that are too large or too aligned for any class of cells: each a run of pages.
//
//   front_ ─► block ─► block ─► ...      block { run, charged bytes }   descriptors out of line
//               │
//               ▼ run: the caller's bytes │ rest of the last page
//
// Invariants (audit() recomputes them)
//  1. charged_ == sum of what the blocks of the list are charged; blocks_ == their number.
//  2. Every page of a block's run names the block as its owner.
//
// Thread rule: one owner; charged() and blocks() may be called by any thread.
class large_blocks {
 public:
  // Bytes that a block is charged: whole pages of 4096 bytes, whatever this machine's pages are.
  // The largest number there is for what has no whole pages: no budget admits it.
  static constexpr std::size_t charge_for(std::size_t bytes) noexcept {
    if (bytes > std::numeric_limits<std::size_t>::max() - 4095) {
      return std::numeric_limits<std::size_t>::max();
    }
    return (bytes + (bytes == 0) + 4095) & ~std::size_t{4095};
  }

  large_blocks() noexcept = default;
  large_blocks(const large_blocks&) = delete;
  large_blocks& operator=(const large_blocks&) = delete;

  // Memory for `bytes` bytes at a multiple of `alignment`, a power of two up to a chunk; nullptr
  // with the reason in `why` if none was given.
  void* allocate(page_account& pages, std::size_t bytes, std::size_t alignment,
                 page_grant& why) noexcept;
  // Requires what allocate() returned for as many bytes.
  void deallocate(page_account& pages, void* address, std::size_t bytes) noexcept;
  // Gives every block back, whoever uses it.
  void release(page_account& pages) noexcept;

  // At most what one allocate() takes from the account; `others` as page_account's.
  static std::size_t acquisition_bound(const page_account& pages, std::size_t bytes,
                                       std::size_t others = 0) noexcept;

  std::size_t charged() const noexcept { return charged_.get(); }
  std::size_t blocks() const noexcept { return blocks_.get(); }

  // Recomputes the invariants; false if one is broken. Adds the bytes of its runs to `run_bytes`.
  bool audit(page_account& pages, std::size_t& run_bytes) const noexcept;

 private:
  struct block;

  void drop(page_account& pages, block& what) noexcept;

  block* front_ = nullptr;
  owner_counter charged_;
  owner_counter blocks_;
};

}  // namespace nearmem
