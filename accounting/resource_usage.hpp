#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>

#include <nearmem/topology/binding_outcome.hpp>

namespace nearmem {

// What a resource holds, in bytes. Identity: footprint == charged + unused + metadata.
//
//   ├───────────────────── footprint ─────────────────────┤
//   ├── charged ──┼────────── unused ─────────┼─ metadata ─┤
//     live blocks   free cells, gaps, tails,    descriptors
//                   an arena's dead bytes
struct resource_usage {
  std::size_t charged = 0;               // live blocks, each at its charge_for
  std::size_t unused = 0;                // held for blocks, but in none
  std::size_t metadata = 0;              // held for descriptors
  std::size_t footprint = 0;             // taken from the pages below
  std::size_t peak_footprint = 0;        // the largest footprint so far
  std::size_t blocks = 0;                // live blocks; a count
  std::optional<std::size_t> requested;  // what callers asked for, where that is known exactly

  friend bool operator==(const resource_usage&, const resource_usage&) = default;
};

// Makes the identity, requested <= charged and footprint <= peak_footprint hold of counts that were
// read while they changed. Changes nothing where they hold.
inline resource_usage settled(resource_usage usage) noexcept {
  usage.metadata = std::min(usage.metadata, usage.footprint);
  usage.charged = std::min(usage.charged, usage.footprint - usage.metadata);
  usage.unused = usage.footprint - usage.metadata - usage.charged;
  usage.peak_footprint = std::max(usage.peak_footprint, usage.footprint);
  if (usage.requested) usage.requested = std::min(*usage.requested, usage.charged);
  return usage;
}

// What a resource holds on one node, in bytes, and how it came to lie there.
struct node_usage {
  std::size_t footprint = 0;  // of the resource's footprint, what lies in this node's memory
  std::size_t spilled = 0;    // of it, what was wanted on another node, which was full
  std::size_t misplaced = 0;  // what was last found on another node than this one
  binding_outcome outcome = binding_outcome::first_touch;  // of the last acquisition here

  friend bool operator==(const node_usage&, const node_usage&) = default;
};

}  // namespace nearmem
