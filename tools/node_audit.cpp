#include "tools/node_audit.hpp"

#include <cstddef>
#include <new>

#include <nearmem/alloc/unsynchronized_slab_resource.hpp>

namespace nearmem::tools {
namespace {

constexpr std::size_t probe_bytes = std::size_t{1} << 20;

// Pages that a full node passed on are none of the node's.
node_residency audit_node(page_source& pages, node_id node) {
  unsynchronized_slab_resource memory(
      resource_options{.where = placement::preferred(node), .pages = &pages});
  try {
    static_cast<void>(memory.allocate(probe_bytes));
  } catch (const std::bad_alloc&) {
    return {node};
  }
  for (const node_residency& found : memory.audit_residency().nodes) {
    if (found.node == node) return found;
  }
  return {node};
}

}  // namespace

std::vector<node_residency> audit_nodes(page_source& pages) {
  std::vector<node_residency> found;
  for (const numa_node& node : pages.hardware().nodes()) {
    if (node.bytes != 0) found.push_back(audit_node(pages, node.id));
  }
  return found;
}

}  // namespace nearmem::tools
