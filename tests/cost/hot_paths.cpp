// Runs each hot path a known number of times between two client requests to callgrind, which
// counts its instructions; check_costs.py divides, subtracts the loop and compares.

#include <array>
#include <cstddef>
#include <memory_resource>

#include <valgrind/callgrind.h>

#include <nearmem/accounting/budget.hpp>
#include <nearmem/alloc/arena.hpp>
#include <nearmem/alloc/concurrent_arena.hpp>
#include <nearmem/alloc/resource_allocator.hpp>
#include <nearmem/alloc/slab_cache.hpp>
#include <nearmem/alloc/synchronized_slab_resource.hpp>
#include <nearmem/alloc/unsynchronized_slab_resource.hpp>

namespace nearmem {
namespace {

constexpr int iterations = 10'000;

// Nothing is known of the value, or of what it points to, after this.
template <class T>
[[gnu::always_inline]] inline void hide(T& value) {
  asm volatile("" : "+r"(value) : : "memory");
}

// Out of line and not cloned, so that every path is compiled as a caller's loop would be.
template <class Path>
[[gnu::noinline]] void run(Path path) {
  for (int i = iterations; i != 0; --i)
    path();
}

#define NEARMEM_COUNT(name, path)  \
  do {                             \
    run(path);                     \
    CALLGRIND_ZERO_STATS;          \
    run(path);                     \
    CALLGRIND_DUMP_STATS_AT(name); \
  } while (false)

// As node code uses it: nothing is known but that it is a resource.
[[gnu::always_inline]] inline void allocate_and_deallocate(std::pmr::memory_resource* resource) {
  hide(resource);
  std::size_t bytes = 64;
  hide(bytes);
  void* address = resource->allocate(bytes, 8);
  hide(address);
  resource->deallocate(address, bytes, 8);
}

void count_all() {
  void* const block = nullptr;
  NEARMEM_COUNT("loop", [block] {
    void* address = block;
    hide(address);
  });

  slab_cache<std::array<std::byte, 64>> cache;
  NEARMEM_COUNT("slab_cache", [&cache] {
    void* address = cache.allocate();
    hide(address);
    cache.deallocate(address);
  });

  slab_cache<std::array<std::byte, 64>, build_checks, slab_return::by_trim> trimmed;
  NEARMEM_COUNT("slab_cache_by_trim", [&trimmed] {
    void* address = trimmed.allocate();
    hide(address);
    trimmed.deallocate(address);
  });

  unsynchronized_slab_resource slabs;
  resource_allocator<std::array<std::byte, 64>, unsynchronized_slab_resource> allocator(&slabs);
  NEARMEM_COUNT("resource_allocator", [allocator]() mutable {
    auto* address = allocator.allocate(1);
    hide(address);
    allocator.deallocate(address, 1);
  });

  NEARMEM_COUNT("unsynchronized_slab_resource_pmr",
                [resource = &slabs] { allocate_and_deallocate(resource); });

  synchronized_slab_resource slabs_of_all;
  resource_allocator<std::array<std::byte, 64>, synchronized_slab_resource> any_thread(
      &slabs_of_all);
  NEARMEM_COUNT("synchronized_resource_allocator", [any_thread]() mutable {
    auto* address = any_thread.allocate(1);
    hide(address);
    any_thread.deallocate(address, 1);
  });
  NEARMEM_COUNT("synchronized_slab_resource_pmr",
                [resource = &slabs_of_all] { allocate_and_deallocate(resource); });

  // A budget is charged for slabs, never for objects: the same counts.
  budget payer("hot paths", 100'000'000);
  resource_options charged;
  charged.budget = &payer;
  slab_cache<std::array<std::byte, 64>> charged_cache(charged);
  NEARMEM_COUNT("slab_cache_under_budget", [&charged_cache] {
    void* address = charged_cache.allocate();
    hide(address);
    charged_cache.deallocate(address);
  });

  unsynchronized_slab_resource charged_slabs(charged);
  NEARMEM_COUNT("unsynchronized_slab_resource_pmr_under_budget",
                [resource = &charged_slabs] { allocate_and_deallocate(resource); });

  arena bump;
  // Until blocks are as large as they get, so that one of them lasts.
  while (bump.footprint() < 3 * page_source::chunk_bytes)
    bump.allocate_aligned(4096);
  NEARMEM_COUNT("arena_allocate_aligned", [&bump] {
    std::size_t bytes = 32;
    hide(bytes);
    void* address = bump.allocate_aligned(bytes);
    hide(address);
  });
  NEARMEM_COUNT("arena_allocate_aligned_known_size", [&bump] {
    void* address = bump.allocate_aligned(32);
    hide(address);
  });
  NEARMEM_COUNT("arena_allocate", [&bump] {
    std::size_t bytes = 32;
    hide(bytes);
    void* address = bump.allocate(bytes);
    hide(address);
  });

  // Blocks of a shard are small: a new one now and then is part of what this counts.
  concurrent_arena shared;
  while (shared.footprint() < page_source::chunk_bytes)
    shared.allocate_aligned(4096);
  NEARMEM_COUNT("concurrent_arena_allocate_aligned", [&shared] {
    std::size_t bytes = 32;
    hide(bytes);
    void* address = shared.allocate_aligned(bytes);
    hide(address);
  });
}

}  // namespace
}  // namespace nearmem

int main() {
  nearmem::count_all();
}
