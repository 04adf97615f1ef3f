#pragma once

#include <vector>

#include "tools/measure/plan.hpp"

namespace nearmem::measure {

// Probes of cores, of the kernel and of the library; each holds what it needs until it is
// destroyed. Throws std::bad_alloc.

// part::cores: a row for each of telling_pairs().
std::vector<probe> round_trip_probes(const plan& with);
// part::interference, between the two nearest cores.
std::vector<probe> interference_probes(const plan& with);
// part::pages, on the first node that has CPUs and memory.
std::vector<probe> page_probes(const plan& with);
// part::paths, on the first CPU.
std::vector<probe> path_probes(const plan& with);

}  // namespace nearmem::measure
