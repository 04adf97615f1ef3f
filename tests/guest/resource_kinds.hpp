#pragma once

#include <array>
#include <cstddef>

#include <gtest/gtest.h>

#include <nearmem/alloc/arena.hpp>
#include <nearmem/alloc/arena_resource.hpp>
#include <nearmem/alloc/slab_cache.hpp>
#include <nearmem/alloc/unsynchronized_slab_resource.hpp>

#include "real_pages.hpp"

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

using resource_kinds =
    ::testing::Types<arena_kind, arena_resource_kind, unsynchronized_slab_kind, slab_cache_kind>;

}  // namespace nearmem
