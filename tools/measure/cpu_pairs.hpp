#pragma once

#include <string>
#include <vector>

#include <nearmem/topology/machine.hpp>

namespace nearmem::measure {

// Two CPUs, and the nearest thing that they share: "core", "cache level 2", "node", "package",
// "machine".
struct cpu_pair {
  unsigned first = 0;
  unsigned second = 0;
  std::string shares{};
};

// A pair for everything that the first CPU shares with some other, and one for every two nodes with
// CPUs: the fewest that show how far apart cores are. Ascending; no pair twice; at most 64. O(CPUs
// * caches).
std::vector<cpu_pair> telling_pairs(const machine& hardware);

// The two nearest CPUs that are not of one core, or nothing where there is one core only.
std::vector<cpu_pair> nearest_cores(const machine& hardware);

}  // namespace nearmem::measure
