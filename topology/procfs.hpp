#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <nearmem/topology/address_range.hpp>
#include <nearmem/topology/mapping_node.hpp>
#include <nearmem/topology/node_id.hpp>
#include <nearmem/topology/node_set.hpp>

namespace nearmem {

// What the kernel says in /proc and /sys. This is the only place in the library that reads there.
//
// Nothing here throws: what cannot be read or understood is empty.
// Thread rule: any; each call reads anew.

// Resident bytes within `ranges`, by the kernel's word: one reading of /proc/self/smaps.
//
// Exact for mappings that lie whole within a range, and for those that are wholly resident or not
// at all. Of any other mapping that a range covers in part, the smaller of its resident bytes and
// the covered bytes is counted, an upper bound: smaps does not say which of its pages are resident.
// Ranges may overlap; a byte counts once. O(mappings log ranges).
std::optional<std::size_t> resident_bytes(std::span<const address_range> ranges) noexcept;

// Bytes within `ranges` that the kernel moved to swap, counted as those of resident_bytes() are.
std::optional<std::size_t> swapped_bytes(std::span<const address_range> ranges) noexcept;

// Bytes within `ranges` that lie in transparent huge pages, counted as those of resident_bytes()
// are.
std::optional<std::size_t> huge_page_bytes(std::span<const address_range> ranges) noexcept;

// Resident bytes of the whole process, exact where smaps_rollup exists, else VmRSS, which lags by
// some pages per thread.
std::optional<std::size_t> process_resident_bytes() noexcept;

// Bytes of address space that the whole process has mapped: VmSize.
std::optional<std::size_t> process_virtual_bytes() noexcept;

// The nodes of Mems_allowed_list: what the cpuset leaves to this process.
std::optional<node_set> allowed_nodes() noexcept;

// The smallest memory bound of this process's cgroup and of those above it, version 1 or 2; empty
// if there is none.
std::optional<std::size_t> cgroup_memory_bound() noexcept;

// The weight that the administrator gave a node for weighted interleaving, 1 to 255; empty where
// the kernel has none (Linux before 6.9) or there is no such node.
std::optional<unsigned> interleave_weight(node_id node) noexcept;

// vm.overcommit_memory: 0 heuristic, 1 always, 2 never.
std::optional<int> overcommit_mode() noexcept;

// The mode of transparent huge pages: "always", "madvise" or "never"; "" where unknown.
std::string huge_page_mode();

// kernel.numa_balancing is not 0.
bool numa_balancing_enabled() noexcept;

// The memory policy of the calling thread, which it inherited from whoever started it (numactl)
// unless somebody set one since: "default", "local", "bind:0-1", "preferred:0",
// "preferred_many:0-1", "interleave:0-3", "weighted_interleave:0-3"; "" where the kernel does not
// say. By numa_maps, which sandboxes leave readable that forbid get_mempolicy.
std::string inherited_memory_policy();

// All mappings of this process, ascending, with the node that each lies on: by numa_maps, which no
// sandbox that is known of forbids. The kernel walks all of the process's pages meanwhile.
std::optional<std::vector<mapping_node>> mapping_nodes() noexcept;

// Free bytes of a node.
std::optional<std::size_t> free_bytes(node_id node) noexcept;

// True if the kernel counts CPUs to the node; empty where it does not say.
std::optional<bool> node_has_cpus(node_id node) noexcept;

// What all CPUs have spent since the system started, in the kernel's ticks: at work, idle, and
// waiting while a hypervisor ran something else.
struct cpu_time {
  std::size_t busy = 0;
  std::size_t idle = 0;
  std::size_t stolen = 0;
};
std::optional<cpu_time> spent_cpu_time() noexcept;

// Whether a hypervisor is below this kernel; empty where the processor does not say.
std::optional<bool> is_virtual_machine() noexcept;

}  // namespace nearmem
