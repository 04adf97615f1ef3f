#pragma once

#include <string>

#include <nearmem/topology/node_set.hpp>

namespace nearmem {

// The memory policy of the calling thread, which it inherited from whoever started it (`numactl`)
// unless somebody set one since: "default", "local", "bind:0-1", "preferred:0",
// "preferred_many:0-1", "interleave:0-3", "weighted_interleave:0-3"; "" where the kernel does not
// say (no NUMA interface, or a sandbox forbids to ask).
//
// Private to topology/. Thread rule: any.
std::string inherited_memory_policy();

// The spelling of the kernel's policy `mode` (MPOL_*, with or without its flags) over `nodes`.
std::string policy_text(int mode, const node_set& nodes);

}  // namespace nearmem
