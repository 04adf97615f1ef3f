#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace nearmem::fullnode {

// What a node's components take their memory from.
enum class resource_kind {
  nearmem,     // slabs and arenas, to the byte
  new_delete,  // the process's malloc: whichever LD_PRELOAD puts in its place
  std_pool,    // std::pmr::(un)synchronized_pool_resource, monotonic_buffer_resource
  core_pool,   // Bitcoin Core's PoolResource
};

inline constexpr std::array<std::string_view, 4> resource_kind_names = {"nearmem", "new_delete",
                                                                        "std_pool", "core_pool"};

constexpr std::string_view to_string(resource_kind kind) noexcept {
  return resource_kind_names[static_cast<std::size_t>(kind)];
}
// The kind of this name, or nothing.
constexpr std::optional<resource_kind> parse_resource_kind(std::string_view name) noexcept {
  for (std::size_t i = 0; i < resource_kind_names.size(); ++i) {
    if (resource_kind_names[i] == name) return static_cast<resource_kind>(i);
  }
  return std::nullopt;
}

}  // namespace nearmem::fullnode
