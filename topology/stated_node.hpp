#pragma once

#include <optional>
#include <span>
#include <string>

#include <nearmem/topology/numa_node.hpp>

namespace nearmem {

// A node as a description states it, before it is settled what it is. `node.cpus` are the CPUs it
// is attached to, which for hwloc even a node without CPUs of its own has.
//
// Private to topology/. Thread rule: a value.
struct stated_node {
  numa_node node;
  std::string subtype;           // hwloc's: "DRAM", "HBM", "MCDRAM", "NVM", "CXL-DRAM", ...; or ""
  std::optional<bool> has_cpus;  // the kernel's word, where there is one
};

// Settles the kind of every node and takes the CPUs from memory-only ones.
//
// High-bandwidth memory is what says so. Memory-only is what the subtype or the kernel says has no
// CPUs, and, where neither says anything, a node whose CPUs all have another node that is closer to
// them (attached to fewer CPUs) or, at the same distance, has a lower number. O(nodes * CPUs).
void settle_kinds(std::span<stated_node> nodes);

}  // namespace nearmem
