#pragma once

#include <cstddef>
#include <limits>
#include <memory_resource>

#include <nearmem/accounting/resource_usage.hpp>
#include <nearmem/topology/node_id.hpp>

namespace nearmem {

// A memory resource that says what it holds and what a block costs.
//
// This is the type that dynamic_usage() looks for behind a container's allocator: where it finds
// one, a container is charged what the resource charges, and no model is asked.
class accounted_resource : public std::pmr::memory_resource {
 public:
  // Bytes that one live block of this request is charged. Pure: depends on the arguments and the
  // resource's configuration, never on what it holds; node code adds and subtracts it. O(1).
  virtual std::size_t charge_for(std::size_t bytes, std::size_t alignment) const noexcept = 0;

  // At most what one allocation of this request takes from the pages below, and so charges to the
  // resource's budget, in the state the resource is in: pages, descriptors and all, where the block
  // itself is charged but a part of them. Far above what most allocations take, which is nothing.
  // The largest number there is for a resource that does not say. O(1), under a lock where many
  // threads may use it. Thread rule: as allocate().
  virtual std::size_t acquisition_bound(std::size_t /*bytes*/,
                                        std::size_t /*alignment*/) const noexcept {
    return std::numeric_limits<std::size_t>::max();
  }

  // Totals over all nodes; the identity of resource_usage holds when no other thread writes.
  // Allocates nothing.
  virtual resource_usage usage() const noexcept = 0;

  // What lies on one node; zeros for a node where nothing lies. Allocates nothing.
  virtual node_usage usage(node_id node) const noexcept = 0;
};

}  // namespace nearmem
