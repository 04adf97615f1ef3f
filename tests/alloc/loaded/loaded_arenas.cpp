#include "tests/alloc/loaded/loaded_arenas.hpp"

#include <cstring>

#include <nearmem/alloc/concurrent_arena.hpp>

namespace nearmem {
namespace {

// Never destroyed: threads may allocate until the process ends.
concurrent_arena& shared() {
  static auto* const one = new concurrent_arena;
  return *one;
}

}  // namespace
}  // namespace nearmem

extern "C" [[gnu::visibility("default")]] const nearmem::loaded_arenas loaded_arenas{
    [](std::size_t bytes) { std::memset(nearmem::shared().allocate(bytes), 1, bytes); },
    [] { return nearmem::shared().usage().charged; },
    [] { return nearmem::shared().shards(); },
};
