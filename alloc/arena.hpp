#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

#include <nearmem/accounting/contract.hpp>
#include <nearmem/accounting/dynamic_usage_traits.hpp>
#include <nearmem/accounting/resource_description.hpp>
#include <nearmem/accounting/resource_usage.hpp>
#include <nearmem/alloc/arena_marker.hpp>
#include <nearmem/alloc/arena_options.hpp>
#include <nearmem/alloc/owner_counter.hpp>
#include <nearmem/alloc/page_account.hpp>
#include <nearmem/alloc/residency.hpp>
#include <nearmem/alloc/resource_listing.hpp>
#include <nearmem/alloc/run_owner.hpp>

namespace nearmem {

// One run of pages of an arena. Lies out of line: a page is data from end to end.
struct arena_block : run_owner {
  page_run run{};
  arena_block* older = nullptr;  // in the chain of blocks in use, or of spare ones
  bool in_use = false;
};

// Memory that is handed out by moving a pointer and taken back all at once.
//
//   newest_ ─► block ─► block ─► block (oldest)           spares_ ─► block ─► ...
//              │
//              ├── handed out ──┬──── free ────┤
//              begin_         next_         end_           (of the block that is being filled)
//
// The first block is one page; each further one is as large as what is held already, up to
// options.largest_block_bytes (under a small budget less: its quantum), so that at most about half
// is unused. A request of more than a quarter of that, or one that would lose much room in the
// block being filled, gets a block of its own size; of two blocks with room the one with more is
// filled further.
//
// Invariants (audit() recomputes them)
//  1. held_bytes_ == bytes of the chain at newest_; spare_bytes_ == bytes of the chain at spares_.
//  2. footprint() == held_bytes_ + spare_bytes_ + metadata.
//  3. memory_usage() == held_bytes_ - (end_ - next_): all but the room in the block being filled;
//     tails of other blocks are block overhead.
//  4. bytes asked for <= memory_usage() <= footprint().
//
// Constructing takes no memory. Not movable: blocks and marks know their arena.
// Thread rule: one owner; memory_usage(), footprint() and usage() may be called by any thread.
class arena {
 public:
  using marker = arena_marker;

  arena() : arena(arena_options{}) {}
  explicit arena(const arena_options& options);
  explicit arena(resource_options options) : arena(arena_options(std::move(options))) {}
  ~arena() { release(); }
  arena(const arena&) = delete;
  arena& operator=(const arena&) = delete;

  // `bytes` bytes, aligned to nothing. A request of 0 yields an address that the next one may
  // share. Throws budget_exceeded, binding_error or std::bad_alloc. Amortised O(1).
  void* allocate(std::size_t bytes) { return allocate_aligned(bytes, 1); }

  // The same, aligned to a power of two.
  void* allocate_aligned(std::size_t bytes, std::size_t alignment = alignof(std::max_align_t));

  // Bytes used: handed out, with alignment gaps and block overhead; 0 when nothing was asked for.
  std::size_t memory_usage() const noexcept { return places().used_bytes; }
  // Bytes taken from the pages below: blocks, spare blocks and descriptors.
  std::size_t footprint() const noexcept { return pages_.footprint(); }

  // The present place, for rewind(). O(1).
  [[nodiscard]] marker mark() const noexcept;
  // Gives back everything that was handed out since the mark was made. The mark stays good; those
  // made after it do not. Blocks are kept up to the retained limit. O(blocks given back).
  void rewind(const marker& to) noexcept;
  // Gives back everything that was handed out; keeps blocks up to the retained limit, newest first.
  void reset() noexcept { reset_keeping(retained_bytes_); }
  // Gives back everything to the pages below.
  void release() noexcept { reset_keeping(0); }
  // Gives spare blocks back to the pages below; returns their bytes.
  std::size_t trim() noexcept { return trim_to(0); }

  // charged: what was asked for. blocks: how many times. unused: gaps, tails and spare blocks.
  resource_usage usage() const noexcept;
  // At most what one allocation of so many bytes takes from the pages below: a block, its record
  // and the ledger's growth where it is due. Owner only.
  std::size_t acquisition_bound(std::size_t bytes) const noexcept;
  node_usage usage(node_id node) const noexcept { return pages_.usage(node); }
  const resource_options& options() const noexcept { return pages_.options(); }

  // Its blocks and pointers, for statistics. Any thread.
  void describe(resource_description& into) const;

  // Where its pages really lie, and bringing the misplaced ones home; see residency.hpp. Owner
  // only.
  residency_report audit_residency(const residency_options& how = {}) {
    return nearmem::audit_residency(pages_, how);
  }
  residency_repair repair_residency() noexcept { return nearmem::repair_residency(pages_); }

  // Recomputes the invariants; false if one is broken. O(blocks). Owner only.
  bool audit() const noexcept;

 private:
  friend class arena_resource;
  friend class arena_pool;
  friend class concurrent_arena;

  // What readers need of one instant.
  struct fill_state {
    std::uintptr_t next = 0;
    std::uintptr_t end = 0;
    std::size_t held_bytes = 0;
    std::size_t held_blocks = 0;
    std::size_t used_bytes = 0;
  };

  // next_, limit_, begin_ and end_ run this far ahead of the addresses they stand for, so that
  // rounding up to the default alignment is one AND on the path that everybody takes.
  static constexpr std::uintptr_t ahead = alignof(std::max_align_t) - 1;
  static constexpr std::size_t first_block_bytes = 4096;
  static constexpr std::size_t most_direct_bytes = 0x7fff'ffff;  // an immediate operand

  // The path that everybody takes; false if it leads nowhere.
  bool try_allocate(void*& address, std::size_t bytes, std::size_t alignment) noexcept;
  fill_state places() const noexcept;
  std::uintptr_t end() const noexcept { return end_.load(std::memory_order_relaxed); }
  void* allocate_fallback(std::size_t bytes, std::size_t alignment);
  void* place(std::size_t bytes, std::size_t alignment) noexcept;
  void* place_in(arena_block& block, std::size_t bytes, std::size_t alignment) noexcept;
  arena_block* take_spare(std::size_t bytes, std::size_t alignment) noexcept;
  arena_block* take_block(std::size_t bytes, std::size_t alignment, page_grant& grant) noexcept;
  arena_block* make_record(page_grant& why) noexcept;
  void drop_record(arena_block* record) noexcept;
  void give_back(arena_block* block) noexcept;
  void drop_chain(arena_block* newest, arena_block* last_kept, std::size_t retained_bytes) noexcept;
  void reset_keeping(std::size_t retained_bytes) noexcept;
  std::size_t trim_to(std::size_t retained_bytes) noexcept;
  // What is filled from now on, and what the chain holds then.
  struct fill_place {
    std::uintptr_t begin = ahead;
    std::uintptr_t next = ahead;
    std::uintptr_t end = ahead;
  };
  void fill(const fill_place& where, std::size_t held_bytes, std::size_t held_blocks) noexcept;

  // For arena_resource: an object of [address, address + bytes) is no longer in use.
  void forget(void* address, std::size_t bytes, std::size_t alignment) noexcept;
  void expect_handed_out(const void* address, std::size_t bytes, std::size_t alignment) noexcept;

  // The line that every request touches.
  alignas(64) std::atomic<std::uintptr_t> next_{ahead};
  std::uintptr_t limit_ = 0;  // end_, or 0 where no request may be served without a look at it
  owner_counter charged_;
  owner_counter blocks_;

  // With next_, held_bytes_ and held_blocks_ under version.
  std::atomic<std::uintptr_t> end_{ahead};
  std::uintptr_t begin_ = ahead;
  arena_block* newest_ = nullptr;
  arena_block* spares_ = nullptr;
  owner_counter held_bytes_;
  owner_counter held_blocks_;
  std::size_t spare_bytes_ = 0;
  std::size_t detour_bytes_ = 0;  // lost in blocks of one request since this one is being filled
  std::size_t retained_bytes_;
  std::size_t largest_block_bytes_;
  std::size_t least_alignment_;
  arena_history history_;
  std::array<arena_block, 4> first_records_{};  // small arenas need no page for descriptors
  page_account pages_;
  resource_listing<arena> listing_{*this};
};

// What an arena owns: the bytes it was asked for.
template <>
struct dynamic_usage_traits<arena> {
  template <class Sum>
  static void blocks(const arena& owner, Sum& sum) {
    sum.add(owner.usage().charged);
  }
};

inline bool arena::try_allocate(void*& address, std::size_t bytes, std::size_t alignment) noexcept {
  expects(std::has_single_bit(alignment), "arena: the alignment is not a power of two");
  const std::uintptr_t start =
      (next_.load(std::memory_order_relaxed) + (alignment - 1 - ahead)) & ~(alignment - 1);
  const std::uintptr_t next = start + bytes + ahead;
  if (bytes > most_direct_bytes || next > limit_) [[unlikely]]
    return false;
  next_.store(next, std::memory_order_release);
  charged_.add(bytes);
  blocks_.add(1);
  address = reinterpret_cast<void*>(start);
  return true;
}

inline void* arena::allocate_aligned(std::size_t bytes, std::size_t alignment) {
  void* address = nullptr;
  if (try_allocate(address, bytes, alignment)) [[likely]]
    return address;
  return allocate_fallback(bytes, alignment);
}

}  // namespace nearmem
