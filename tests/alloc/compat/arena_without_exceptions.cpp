// Compiled with -fno-exceptions -fno-rtti, as LevelDB is.

#include "tests/alloc/compat/arena_without_exceptions.hpp"

#include <cstring>

#include <nearmem/alloc/compat/leveldb.hpp>

#if defined(__cpp_exceptions) || defined(__cpp_rtti)
#error "this file is to be compiled without exceptions and without RTTI"
#endif

namespace nearmem {

std::size_t usage_of_a_hundred_allocations() {
  leveldb::Arena arena;
  for (int i = 0; i < 50; ++i) {
    std::memset(arena.Allocate(10), i, 10);
    std::memset(arena.AllocateAligned(16), i, 16);
  }
  return arena.MemoryUsage();
}

}  // namespace nearmem
