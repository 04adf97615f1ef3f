#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <nearmem/topology/node_id.hpp>

namespace nearmem {

// How many pages in a row each node gets where nodes take turns by weight.
//
// Thread rule: a value.
struct node_weights {
  std::array<std::uint8_t, max_nodes> by_number{};  // 0 counts as 1, as with Linux

  // Requires a number below max_nodes. O(1).
  std::size_t of(node_id node) const noexcept {
    const std::uint8_t weight = by_number[to_number(node)];
    return weight == 0 ? 1 : weight;
  }

  friend bool operator==(const node_weights&, const node_weights&) = default;
};

}  // namespace nearmem
