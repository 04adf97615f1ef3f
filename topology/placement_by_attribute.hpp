#pragma once

#include <nearmem/topology/machine.hpp>
#include <nearmem/topology/node_id.hpp>
#include <nearmem/topology/placement.hpp>

namespace nearmem {

// Placement by what memory is like, where a machine's nodes differ: high-bandwidth memory beside
// DRAM, or memory behind CXL. What is asked for is a preference for one node, as seen by threads on
// `from`; of nodes that are equal the nearest. Nodes without memory are never chosen.
//
// Attributes are the firmware's (HMAT), which kernels pass on for the CPUs nearest to each node
// only. A node of which none is stated is not chosen; where none is stated of any, the nearest is.
// O(nodes). Thread rule: any.

placement lowest_latency(const machine& hardware, node_id from) noexcept;
placement highest_bandwidth(const machine& hardware, node_id from) noexcept;
// By the nodes' sizes, which are always known.
placement highest_capacity(const machine& hardware, node_id from) noexcept;

}  // namespace nearmem
