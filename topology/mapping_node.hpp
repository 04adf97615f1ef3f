#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include <nearmem/topology/node_id.hpp>

namespace nearmem {

// One mapping of this process: the node that all its pages in memory lie on; none where they lie on
// several, or none is in memory.
struct mapping_node {
  std::uintptr_t begin = 0;
  std::optional<node_id> node{};

  friend bool operator==(const mapping_node&, const mapping_node&) = default;
};

// The node of the mapping that an address lies in, of mappings in ascending order; empty where it
// is not known. Requires that the address is mapped. O(log mappings).
std::optional<node_id> node_of_mapping(std::span<const mapping_node> mappings,
                                       const void* address) noexcept;

}  // namespace nearmem
