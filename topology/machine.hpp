#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include <nearmem/topology/cache.hpp>
#include <nearmem/topology/cpu_set.hpp>
#include <nearmem/topology/limits.hpp>
#include <nearmem/topology/measurements.hpp>
#include <nearmem/topology/node_id.hpp>
#include <nearmem/topology/node_set.hpp>
#include <nearmem/topology/numa_node.hpp>
#include <nearmem/topology/package.hpp>

namespace nearmem {

// A description of a machine that cannot be read: a synthetic string or an XML file that hwloc
// refuses, or a live machine that hwloc cannot load. what() is one line.
class machine_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// What the machine is: packages, memory nodes, caches, distances, and what this process may use of
// them. An immutable value; a copy shares the description.
//
//   machine ── description ── packages_ ── numa nodes (OS number, bytes, CPUs, kind)
//                          ├─ caches_   (level, bytes, line, ways, CPUs)
//                          ├─ fallback_ (for each node: all nodes, nearest first)
//                          └─ limits_   (cgroup, cpuset, inherited policy, overcommit, ...)
//
// Invariants
//  1. nodes() is sorted by number and not empty: a machine without NUMA is one node 0.
//  2. fallback_order(n) holds every node of nodes() once and begins with n, if n is one of them.
//  3. is_live() only if it was discovered here; nothing else is ever bound.
//
// Thread rule: any; nothing changes after construction.
class machine {
 public:
  // The machine that this process runs on, cut to what its cpuset and cgroup allow.
  // Where the environment variable NEARMEM_MEASURED names a file that `nearmem measure --xml` wrote
  // of this hardware, with what was measured; see refused_measurements() for any other file.
  // Throws machine_error. Milliseconds.
  static machine discover();
  // The same with what was measured according to a file, whatever the environment says. Throws
  // machine_error, which names the file, also if it is damaged or of other hardware.
  static machine discover(const std::filesystem::path& measured);
  // The same, discovered at the first call and kept: what this_thread::node() answers by.
  // Throws machine_error, and tries anew at the next call.
  static const machine& process();
  // From hwloc's synthetic notation, such as "pack:2 numa:1 core:4 pu:2". Throws machine_error.
  static machine from_synthetic(std::string_view description);
  // From a file that lstopo or `nearmem measure --xml` wrote. Throws machine_error, which names the
  // file.
  static machine from_xml(const std::filesystem::path& file);

  std::span<const numa_node> nodes() const noexcept;
  // Empty where the description names none.
  std::span<const package> packages() const noexcept;
  std::span<const cache> caches() const noexcept;
  // The CPUs of each core, more than one where its threads share it (SMT).
  std::span<const cpu_set> cores() const noexcept;
  // As they were at discovery; a simulated machine has none.
  const process_limits& limits() const noexcept;

  // The numbers of nodes(), as a set.
  const node_set& node_numbers() const noexcept;
  // The node with this number, or nullptr.
  const numa_node* find(node_id node) const noexcept;
  // Where it stands in nodes(); nodes().size() for a number that none has.
  std::size_t position_of(node_id node) const noexcept;

  // Bytes of a cache line, as measured; else the largest of any cache, 64 where none is known.
  std::size_t line_bytes() const noexcept;
  // Bytes that two threads' data must lie apart so as not to disturb one another, as measured; else
  // two lines on x86-64 (adjacent-line prefetch), one line elsewhere.
  std::size_t interference_bytes() const noexcept;
  // Bytes of a small page on the machine that this process runs on.
  std::size_t page_bytes() const noexcept;

  // All nodes, nearest to `node` first: by latency as measured, else as the firmware states it,
  // else by distance, else by number. A node that is not of this machine gets all nodes by number.
  // O(1).
  std::span<const node_id> fallback_order(node_id node) const noexcept;
  // The distance as the firmware states it (10 is local), or empty where it states none.
  std::optional<unsigned> distance(node_id from, node_id to) const noexcept;

  // Memory attributes, from one node's CPUs to another's memory: as measured, else as the firmware
  // states them (HMAT), else empty. Kernels state them only for the CPUs nearest to each node.
  // O(1).
  std::optional<std::size_t> latency_nanoseconds(node_id from, node_id to) const noexcept;
  std::optional<std::size_t> bandwidth_mib_per_second(node_id from, node_id to) const noexcept;

  // The memory node nearest to a CPU; the first node for a CPU that is not known. O(1).
  node_id node_of_cpu(unsigned cpu) const noexcept;

  // True if discovered here. False: simulated, and nothing may pretend to be bound.
  bool is_live() const noexcept;

  // What tells this hardware from other hardware, whatever this process may use of it: models and
  // CPUs of packages, memory of nodes, caches. 16 hexadecimal digits. Milliseconds.
  std::string fingerprint() const;
  // The same machine with values that were measured on it, or with the firmware's alone. Throws
  // machine_error if they are of other hardware.
  machine with_measurements(measurements measured) const;
  machine without_measurements() const;
  // What was measured, or nullptr where all values are the firmware's.
  const measurements* measured() const noexcept;
  // Why the file that NEARMEM_MEASURED names is not used: one line; empty if it is, or is not set.
  const std::string& refused_measurements() const noexcept;

  // hwloc's XML of this machine, measured values in the place of the firmware's.
  // Throws machine_error.
  std::string to_xml() const;

 private:
  struct description;
  explicit machine(std::shared_ptr<const description> what) noexcept;
  static machine discover_stated();

  std::shared_ptr<const description> description_;
};

}  // namespace nearmem
