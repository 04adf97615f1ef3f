#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <nearmem/topology/cpu_set.hpp>
#include <nearmem/topology/node_id.hpp>

namespace nearmem {

// What a node's memory is made of, as far as hwloc can tell.
enum class memory_kind : std::uint8_t { dram, hbm, memory_only };

constexpr std::string_view to_string(memory_kind kind) noexcept {
  switch (kind) {
    case memory_kind::dram:
      return "dram";
    case memory_kind::hbm:
      return "hbm";
    case memory_kind::memory_only:
      return "memory_only";
  }
  return "dram";
}

// One memory node. `cpus` are those it is local to: none for memory-only nodes (CXL); `bytes` is 0
// for nodes that have CPUs but no memory.
struct numa_node {
  node_id id{};
  std::size_t bytes = 0;
  cpu_set cpus;
  memory_kind kind = memory_kind::dram;
};

}  // namespace nearmem
