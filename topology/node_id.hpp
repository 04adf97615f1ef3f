#pragma once

#include <cstdint>

namespace nearmem {

// The operating system's number of a memory node. Numbers may be sparse; hwloc's logical index is
// another number as soon as a node has no CPUs, so nothing here ever counts by it.
enum class node_id : std::uint32_t {};

// The number behind the name, as the kernel's interfaces take it.
constexpr std::uint32_t to_number(node_id node) noexcept {
  return static_cast<std::uint32_t>(node);
}

// One more than the largest node number Linux can have (CONFIG_NODES_SHIFT is at most 10).
inline constexpr std::uint32_t max_nodes = 1024;

}  // namespace nearmem
