#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <nearmem/alloc/node_weights.hpp>
#include <nearmem/topology/node_set.hpp>

namespace nearmem {

// What a chunk's pages are for. Runs that need different policies never share a chunk.
enum class chunk_use : std::uint8_t {
  none,         // in no use: the chunk is free
  home,         // the slot's own policy
  bound,        // preferred while pages are populated, strict afterwards
  interleaved,  // page by page over page_chunk::over
  first_touch,  // no policy: where the populating thread runs
};
inline constexpr std::size_t chunk_uses = 5;

// The record of one chunk: which of its pages are in runs, and what the kernel was told about it.
// All zero, as fresh memory is, means: free, never opened.
//
//   taken  ─ one bit a page, page 0 is bit 0 of word 0 ─   1 = in a run
//          │ 11110000 ... │ ... │
//
// Invariant: taken_pages == bits set in taken; 0 of a chunk in no use.
// Thread rule: its slot's mutex.
struct alignas(64) page_chunk {
  static constexpr std::size_t max_pages = 512;  // 2 MiB of 4 KiB

  std::array<std::uint64_t, max_pages / 64> taken;
  std::uint16_t taken_pages;
  chunk_use use;
  bool opened;                  // writable
  bool special_policy;          // the kernel was told another policy than the slot's
  bool huge_pages;              // the kernel was told to use huge pages
  node_set over;                // of an interleaved chunk
  const node_weights* weights;  // by which; none: all weigh 1

  // The first of `count` free pages in a row among the chunk's `pages`, at a multiple of `step`
  // (a power of two), or `pages` if there are none. O(pages).
  std::size_t find(std::size_t count, std::size_t step, std::size_t pages) const noexcept;
  // Requires count >= 1 and pages that are all free, or all taken.
  void take(std::size_t first, std::size_t count) noexcept;
  void give_back(std::size_t first, std::size_t count) noexcept;
  bool all_taken(std::size_t first, std::size_t count) const noexcept;
};

// The books are fresh zero pages of the kernel, so a record must need no construction.
static_assert(std::is_trivially_destructible_v<page_chunk>);

}  // namespace nearmem
