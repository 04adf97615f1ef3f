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
  std::string inherited_policy;  // "default", "bind:0-1", "interleave:0-3", ...; "" if unknown
  int overcommit = 0;            // vm.overcommit_memory
  std::string huge_pages;        // "always", "madvise", "never", or "" where unknown
  bool numa_balancing = false;   // kernel.numa_balancing
};

// Reads those of the calling process; the policy is that of the calling thread. What cannot be read
// keeps the value it has above. Throws std::bad_alloc only. Under a millisecond.
process_limits read_process_limits();

}  // namespace nearmem
