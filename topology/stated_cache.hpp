#pragma once

#include <cstddef>

#include <nearmem/topology/cache.hpp>

namespace nearmem {

// A cache as it is stated, by hwloc's words: 0 for what is unknown, an associativity below 0 for
// fully associative. What no hardware has is unknown too. Its CPUs are left to the caller.
//
// Private to topology/.
cache stated_cache(unsigned level, std::size_t bytes, std::size_t line_bytes, int associativity);

}  // namespace nearmem
