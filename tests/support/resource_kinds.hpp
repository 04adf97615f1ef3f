#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/alloc/arena.hpp>
#include <nearmem/alloc/arena_pool.hpp>
#include <nearmem/alloc/arena_resource.hpp>
#include <nearmem/alloc/concurrent_arena.hpp>
#include <nearmem/alloc/slab_cache.hpp>
#include <nearmem/alloc/synchronized_slab_resource.hpp>
#include <nearmem/alloc/unsynchronized_slab_resource.hpp>

namespace nearmem {

// Every kind of resource behind one face, for tests that must hold for all of them. `most_bytes` is
// the largest block that is asked of it.

struct arena_kind {
  static constexpr std::size_t most_bytes = 3 << 20;
  explicit arena_kind(const resource_options& options) : resource(options) {}
  void* take(std::size_t bytes) { return resource.allocate(bytes); }

  arena resource;
};

struct arena_resource_kind {
  static constexpr std::size_t most_bytes = 3 << 20;
  explicit arena_resource_kind(const resource_options& options) : resource(options) {}
  void* take(std::size_t bytes) { return resource.allocate(bytes); }

  arena_resource resource;
};

struct unsynchronized_slab_kind {
  static constexpr std::size_t most_bytes = 3 << 20;
  explicit unsynchronized_slab_kind(const resource_options& options) : resource(options) {}
  void* take(std::size_t bytes) { return resource.allocate(bytes); }

  unsynchronized_slab_resource resource;
};

struct slab_cache_kind {
  static constexpr std::size_t most_bytes = 200;
  explicit slab_cache_kind(const resource_options& options) : resource(options) {}
  void* take(std::size_t) { return resource.allocate(); }

  slab_cache<std::array<std::byte, most_bytes>> resource;
};

struct slab_cache_by_trim_kind {
  static constexpr std::size_t most_bytes = 200;
  explicit slab_cache_by_trim_kind(const resource_options& options) : resource(options) {}
  void* take(std::size_t) { return resource.allocate(); }

  slab_cache<std::array<std::byte, most_bytes>, build_checks, slab_return::by_trim> resource;
};

struct synchronized_slab_kind {
  static constexpr std::size_t most_bytes = 3 << 20;
  explicit synchronized_slab_kind(const resource_options& options) : resource(options) {}
  void* take(std::size_t bytes) { return resource.allocate(bytes); }

  synchronized_slab_resource resource;
};

struct concurrent_arena_kind {
  static constexpr std::size_t most_bytes = 3 << 20;
  explicit concurrent_arena_kind(const resource_options& options) : resource(options) {}
  void* take(std::size_t bytes) { return resource.allocate(bytes); }

  concurrent_arena resource;
};

// Leases are kept, so that arenas of earlier ones are not empty.
struct arena_pool_kind {
  static constexpr std::size_t most_bytes = 3 << 20;
  explicit arena_pool_kind(const resource_options& options) : resource(options) {}
  void* take(std::size_t bytes) {
    if (taken_++ % 250 == 0) leases_.push_back(resource.lease());
    return leases_.back()->allocate(bytes);
  }

  arena_pool resource;

 private:
  std::vector<arena_lease> leases_;
  std::size_t taken_ = 0;
};

using resource_kinds =
    ::testing::Types<arena_kind, arena_resource_kind, unsynchronized_slab_kind, slab_cache_kind,
                     slab_cache_by_trim_kind, synchronized_slab_kind, concurrent_arena_kind,
                     arena_pool_kind>;

}  // namespace nearmem
