#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>

#include <nearmem/alloc/kernel.hpp>
#include <nearmem/alloc/page_chunk.hpp>
#include <nearmem/alloc/page_owners.hpp>
#include <nearmem/alloc/page_request.hpp>
#include <nearmem/alloc/page_spread.hpp>
#include <nearmem/alloc/page_table.hpp>

namespace nearmem {

// What a run is cut for.
struct cut_request {
  std::size_t pages = 1;
  std::size_t step = 1;  // the run begins at a multiple of so many pages; at most a chunk
  chunk_use use = chunk_use::home;
  bool huge_pages = false;                // then `pages` is a multiple of a chunk's
  node_set over{};                        // of interleaved runs
  const node_weights* weights = nullptr;  // by which; none: all weigh 1
};

// Pages that are in a run now, but not in memory; or why there are none.
struct cut_result {
  std::byte* data = nullptr;
  page_failure failure = page_failure::none;
  int policy_error = 0;  // what the kernel answered to the policy, where that is why
};

// One slot of a page source: an equal part of its reservation that has one home, or none.
//
//   index_    ─ one word a chunk: use, huge, room ─ scanned to find a place
//   chunks_   ─ one record a chunk ─ which pages are taken, what the kernel was told
//
//   ├── chunk 0 ──┼── chunk 1 ──┼── chunk 2 ──┼─ never used yet ...
//     runs of home  runs of bound  free
//
// Small runs lie within a chunk: the lowest that has room, at its lowest place, so that high chunks
// become free. Larger ones take free chunks in a row, and others may use the rest of the last one.
// A chunk without runs is free for any use.
//
// Invariants (audit() recomputes them)
//  1. index_[c].use == chunks_[c].use, and none if and only if no page of the chunk is taken.
//  2. index_[c].room >= the longest row of free pages of a chunk in use.
//  3. Chunks below free_from_ are all in use; chunks below room_from_[use][k] have no room for
//     2^k pages of that use.
//  4. taken_pages() is the sum over the chunks.
//
// Thread rule: any; one mutex, not held while pages are populated or purged.
class page_slot {
 public:
  // The part [base, base + chunks * chunk_bytes) of a reservation, whose first chunk is number
  // `first_chunk` of `owners`. `books` is reserved, books_bytes() long. `policy` is told to the
  // kernel at first use, unless it is default_.
  page_slot(kernel& calls, page_owners& owners, std::byte* base, std::size_t first_chunk,
            std::size_t chunks, std::size_t chunk_bytes, std::byte* books,
            const memory_policy& policy, std::atomic<std::size_t>& committed) noexcept;

  static std::size_t books_bytes(std::size_t chunks, std::size_t page_bytes) noexcept;

  // Tells the kernel the slot's policy, if it has not been told. 0, EPERM or ENOSYS: the slot
  // serves, without a policy where it was refused. Anything else: the slot serves nothing now.
  int prepare() noexcept;

  // Never throws; a failure changes nothing.
  cut_result cut(const cut_request& request) noexcept;
  // Takes back a run that is not in memory any more, nor has an owner.
  void give_back(page_run run) noexcept;

  // Lets pages of a bound run be populated: until bind_end() the kernel only prefers the node,
  // as it kills processes when a strict node is full. One binder at a time. 0 or an errno.
  int bind_begin(page_run run) noexcept;
  int bind_end(page_run run, bool bind) noexcept;

  // How an interleaved run that is out is spread; empty for others.
  std::optional<page_spread> spread_of(page_run run) const noexcept;
  // What this kernel counts turns by, for page_spread::unit_bits; 64 if not set. Before any cut.
  void set_turn_bits(unsigned bits) noexcept { turn_bits_ = bits; }

  // Whether all pages of a range are in runs.
  bool holds(page_run run) const noexcept;
  std::size_t taken_pages() const noexcept { return taken_pages_.load(std::memory_order_relaxed); }
  bool audit() const noexcept;

  // For a process that forks: no other thread is within the slot between the two.
  void lock() noexcept;
  void unlock() noexcept;

 private:
  struct index_word {
    std::uint16_t room;  // no longer row of pages is free, in a chunk in use
    chunk_use use;
    bool huge_pages;
  };
  static constexpr std::size_t size_steps = 10;  // 2^0 ... 2^9 pages

  cut_result cut_small(const cut_request& request) noexcept;
  cut_result cut_chunks(const cut_request& request) noexcept;
  std::size_t find_free(std::size_t count) const noexcept;
  int open_chunk(std::size_t chunk, const cut_request& request) noexcept;
  int apply_policy(std::size_t chunk, const cut_request& request) noexcept;
  page_spread spread_of_chunk(std::size_t chunk) const noexcept;
  void close_chunk(std::size_t chunk) noexcept;
  void take(std::size_t chunk, std::size_t first, std::size_t count) noexcept;
  // Calls visit(chunk, first page, pages) for every chunk that a run touches.
  template <class Visit>
  void for_chunks(page_run run, Visit visit) const noexcept;
  std::byte* chunk_data(std::size_t chunk) const noexcept { return base_ + chunk * chunk_bytes_; }

  kernel& calls_;
  page_owners& owners_;
  std::byte* base_;
  std::size_t first_chunk_;
  std::size_t capacity_;  // chunks
  std::size_t chunk_bytes_;
  std::size_t page_bytes_;
  std::size_t chunk_pages_;
  memory_policy policy_;

  mutable std::mutex mutex_;
  page_table<index_word> index_;
  page_table<page_chunk> chunks_;
  std::size_t used_to_ = 0;  // no chunk from here on was ever in use
  std::size_t free_from_ = 0;
  std::array<std::array<std::uint32_t, size_steps>, chunk_uses> room_from_{};
  std::atomic<std::size_t> taken_pages_{0};

  static constexpr int untold = -1;
  std::atomic<int> told_{untold};  // what the kernel answered to policy_, once that is final

  unsigned turn_bits_ = 64;

  std::mutex binding_mutex_;
};

}  // namespace nearmem
