#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <ostream>
#include <string>
#include <vector>

#include <nearmem/alloc/page_request.hpp>
#include <nearmem/topology/address_range.hpp>
#include <nearmem/topology/node_id.hpp>

// What the kernel says of memory and nodes. Nothing here asks the library: tests in guests hold the
// library's words against these. Whatever cannot be read throws std::runtime_error.
namespace nearmem {

using pages_by_node = std::map<node_id, std::size_t>;

// For GoogleTest.
inline void PrintTo(node_id node, std::ostream* out) {
  *out << "node " << to_number(node);
}

// Each page's node by move_pages without targets, or the kernel's negative errno (-ENOENT and
// -EFAULT: not in memory). The pages must be readable.
std::vector<int> nodes_of_pages(const void* data, std::size_t bytes);
// The same, counted; pages that are not in memory are not.
pages_by_node count_pages(page_run run);

// One mapping as a line of /proc/self/numa_maps: its policy as "default", "prefer:1", "bind:0-1".
struct mapped_pages {
  std::uintptr_t begin = 0;
  std::string policy;
  pages_by_node pages;
};
// All mappings that begin in a range, in order, and the sum of their pages.
std::vector<mapped_pages> mappings_in(const address_range& range);
pages_by_node count_mapped_pages(const address_range& range);
std::size_t sum_of(const pages_by_node& counts);
// The policy of the mapping that an address lies in.
std::string policy_at(const void* address);

// Nodes by one of the lists in /sys/devices/system/node: "has_memory", "has_cpu", "online".
std::vector<node_id> kernel_nodes(const std::string& list);
// Those with memory that this process may use.
std::vector<node_id> allowed_memory_nodes();
std::vector<unsigned> cpus_of(node_id node);
// CPUs of a node on which this process may run.
std::vector<unsigned> allowed_cpus_of(node_id node);
unsigned kernel_distance(node_id from, node_id to);
// The node from whose CPUs the kernel tells how far a node's memory is, and by the firmware's HMAT
// from there: nanoseconds, and MiB a second; 0 where it states none.
node_id nearest_cpus(node_id node);
std::size_t kernel_latency(node_id node);
std::size_t kernel_bandwidth(node_id node);
// `nodes` by distance from one, nearest first, equals by number.
std::vector<node_id> nearest_first(node_id from, std::vector<node_id> nodes);

std::size_t kernel_total_bytes(node_id node);
std::size_t kernel_free_bytes(node_id node);
// Processes that the kernel killed for want of memory since it started.
std::size_t oom_kills();

// A whole file, or "" where there is none.
std::string text_of(const std::string& path);

}  // namespace nearmem
