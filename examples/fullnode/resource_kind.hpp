#pragma once

#include <array>
#include <string_view>

#include "examples/fullnode/named.hpp"

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

constexpr const auto& names_of(resource_kind) noexcept {
  return resource_kind_names;
}

}  // namespace nearmem::fullnode
