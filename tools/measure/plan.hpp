#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include <nearmem/alloc/page_source.hpp>
#include <nearmem/topology/machine.hpp>

#include "tools/measure/probe.hpp"
#include "tools/measure/rounds.hpp"

namespace nearmem::measure {

// How much is done. Bytes are bounded further by what a node has.
struct effort {
  std::size_t largest_footprint = 0;  // of the curve of latencies
  std::size_t points_an_octave = 1;   // of that curve: 1 or 2
  std::size_t node_footprint = 0;     // of latencies from node to node
  std::size_t stream_bytes = 0;       // of bandwidths
  std::size_t page_bytes = 0;         // of the kernel's work
  double go_nanoseconds = 0;          // of what is timed in goes
  round_limits rounds{};
  std::uint64_t seed = 1;
};

// For a machine with these caches: a whole measurement, or a quick one.
effort whole_effort(const machine& hardware);
effort quick_effort(const machine& hardware);

// What the probes of every part are made with.
struct plan {
  page_source& pages;
  effort how{};
  cell_observer* observer = nullptr;

  const machine& hardware() const noexcept { return pages.hardware(); }
};

// The first CPU of each core that a node's CPUs belong to, ascending; all of its CPUs where cores
// are not known.
std::vector<unsigned> one_cpu_a_core(const machine& hardware, node_id node);

// Nodes with CPUs, and nodes with memory.
std::vector<node_id> nodes_with_cpus(const machine& hardware);
std::vector<node_id> nodes_with_memory(const machine& hardware);

// `wanted`, or what the node can spare: an eighth of what is free, in whole chunks of 2 MiB, one at
// least.
std::size_t affordable(const machine& hardware, node_id node, std::size_t wanted);

}  // namespace nearmem::measure
