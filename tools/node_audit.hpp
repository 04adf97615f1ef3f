#pragma once

#include <vector>

#include <nearmem/alloc/page_source.hpp>
#include <nearmem/alloc/residency.hpp>

namespace nearmem::tools {

// What a slab resource that prefers a node was given, by the kernel's word: a mebibyte on every
// node that has memory, looked at and given back. Nodes by number; of one that gave nothing no page
// is counted. Milliseconds. Throws std::bad_alloc.
std::vector<node_residency> audit_nodes(page_source& pages);

}  // namespace nearmem::tools
