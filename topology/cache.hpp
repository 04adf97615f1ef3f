#pragma once

#include <cstddef>

#include <nearmem/topology/cpu_set.hpp>

namespace nearmem {

// One cache of the machine. `ways` is 0 where it is unknown; instruction caches are left out.
struct cache {
  unsigned level = 1;
  std::size_t bytes = 0;
  std::size_t line_bytes = 0;
  unsigned ways = 0;
  cpu_set cpus;  // those that share it

  // Bytes after which addresses meet in the same set again; 0 where it cannot be known.
  std::size_t stride_bytes() const noexcept { return ways == 0 ? 0 : bytes / ways; }
};

}  // namespace nearmem
