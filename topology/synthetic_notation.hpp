#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace nearmem {

// CPUs that a string in hwloc's synthetic notation asks for: the product of its levels' counts, as
// far as they can be read, without building anything. Never more than `most` + 1.
//
// hwloc builds whatever a string asks for, so a string of twenty characters could take all memory
// and an hour. Private to topology/. O(length).
std::size_t synthetic_cpus(std::string_view notation, std::size_t most) noexcept;

// The notation with the size of attached memory, "[numa]", stated where it is not: 1 GiB, as hwloc
// gives to a level of NUMA nodes. Attached memory would have none. O(length).
std::string with_memory_stated(std::string_view notation);

}  // namespace nearmem
