#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include <nearmem/topology/placement.hpp>

namespace nearmem {

// The cells of one size in a resource; a line as in /proc/slabinfo. Identity: used + free == cells.
struct size_class_usage {
  std::size_t cell_bytes = 0;
  std::size_t cells = 0;  // that have been cut
  std::size_t used = 0;   // of them, in the callers' hands
  std::size_t free = 0;   // of them, waiting: in slabs, in a thread's array, on their way home
  std::size_t slabs = 0;
  std::size_t slab_bytes = 0;  // of all of these slabs

  // The part of the slabs' bytes that live cells fill, from 0 to 1; 0 without slabs.
  double utilisation() const noexcept {
    return slab_bytes == 0
               ? 0.0
               : static_cast<double>(used * cell_bytes) / static_cast<double>(slab_bytes);
  }

  friend bool operator==(const size_class_usage&, const size_class_usage&) = default;
};

// Makes used + free == cells, and cells of no more bytes than the slabs, of counts that were read
// while they changed.
inline size_class_usage settled(size_class_usage usage) noexcept {
  if (usage.cell_bytes != 0) {
    usage.cells = std::min(usage.cells, usage.slab_bytes / usage.cell_bytes);
  }
  usage.used = std::min(usage.used, usage.cells);
  usage.free = usage.cells - usage.used;
  return usage;
}

// One bump pointer and the blocks behind it: an arena, or one shard of a concurrent one.
//
//   blocks ── ■■■■■■ ── ■■■■■■■■■ ── ■■■■■■····
//                                          ▲   ▲
//                                     cursor   end
struct arena_usage {
  std::string name;              // "" for the only one; else which shard
  std::size_t blocks = 0;        // a count
  std::size_t block_bytes = 0;   // of all blocks
  std::size_t used_bytes = 0;    // handed out, alignment gaps included
  const void* cursor = nullptr;  // where the next allocation would begin
  const void* end = nullptr;     // of the current block

  friend bool operator==(const arena_usage&, const arena_usage&) = default;
};

// What a resource is made of, beyond its totals.
struct resource_description {
  std::string kind;  // "slab", "arena", ...
  placement where{};
  std::vector<size_class_usage> size_classes;  // those that were ever used, by cell size
  std::vector<arena_usage> arenas;
};

}  // namespace nearmem
