#pragma once

#include <vector>

#include "tools/measure/plan.hpp"

namespace nearmem::measure {

// Probes of memory; each holds what it needs until it is destroyed. Throws std::bad_alloc.

// part::latency, on the first node that has CPUs and memory.
std::vector<probe> latency_probes(const plan& with);
// part::nodes: a row for every node with CPUs and every node with memory.
std::vector<probe> node_latency_probes(const plan& with);
// part::bandwidth: the same, for reading, writing and copying by all cores of a node.
std::vector<probe> bandwidth_probes(const plan& with);
// part::conflicts, on the first node that has CPUs and memory.
std::vector<probe> conflict_probes(const plan& with);

}  // namespace nearmem::measure
