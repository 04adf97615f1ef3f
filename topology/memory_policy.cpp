#include <nearmem/topology/memory_policy.hpp>

#include <numaif.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <nearmem/topology/node_id.hpp>

namespace nearmem {
namespace {

// Modes that numaif.h of libnuma 2.0.16 does not name (linux/mempolicy.h).
constexpr int preferred_many = 5;
constexpr int weighted_interleave = 6;

// MPOL_F_STATIC_NODES, MPOL_F_RELATIVE_NODES and MPOL_F_NUMA_BALANCING.
constexpr int mode_flags = (1 << 15) | (1 << 14) | (1 << 13);

std::string_view mode_name(int mode) {
  switch (mode) {
    case MPOL_PREFERRED:
      return "preferred";
    case MPOL_BIND:
      return "bind";
    case MPOL_INTERLEAVE:
      return "interleave";
    case preferred_many:
      return "preferred_many";
    case weighted_interleave:
      return "weighted_interleave";
    default:
      return {};
  }
}

}  // namespace

std::string policy_text(int mode, const node_set& nodes) {
  mode &= ~mode_flags;
  if (mode == MPOL_DEFAULT) return "default";
  // A preference for no node at all is how older kernels report MPOL_LOCAL.
  if (mode == MPOL_LOCAL || (mode == MPOL_PREFERRED && nodes.empty())) return "local";
  const std::string_view name = mode_name(mode);
  if (name.empty()) return {};
  return std::string(name) + ":" + nodes.to_string();
}

std::string inherited_memory_policy() {
  int mode = 0;
  std::array<unsigned long, max_nodes / (8 * sizeof(unsigned long))> mask{};
  // The kernel takes maxnode as one more than the bits that it may write.
  if (::get_mempolicy(&mode, mask.data(), max_nodes + 1, nullptr, 0) != 0) return {};
  constexpr std::uint32_t word_bits = 8 * sizeof(unsigned long);
  node_set nodes;
  for (std::uint32_t node = 0; node < max_nodes; ++node) {
    if ((mask[node / word_bits] >> (node % word_bits) & 1) != 0) nodes.insert(node_id{node});
  }
  return policy_text(mode, nodes);
}

}  // namespace nearmem
