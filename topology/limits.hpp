#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include <nearmem/topology/node_set.hpp>

namespace nearmem {

// What the system lets this process have, read once. Bytes; an empty optional is 'no limit known'.
struct process_limits {
  std::optional<std::size_t> address_space_bytes;  // RLIMIT_AS
  std::optional<std::size_t> cgroup_bytes;         // the smallest memory.max up to the root
  node_set allowed_nodes;                          // Mems_allowed; empty where it cannot be read
  std::string inherited_policy;  // "default", "bind:0-1", "interleave:0-3", "preferred:0", ...
  int overcommit = 0;            // vm.overcommit_memory
  std::string huge_pages;        // "always", "madvise", "never", or "" where unknown
  bool numa_balancing = false;   // kernel.numa_balancing
};

}  // namespace nearmem
