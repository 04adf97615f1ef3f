#pragma once

#include <cstddef>
#include <new>

#include <nearmem/alloc/synchronized_slab_resource.hpp>

namespace nearmem::bench {

// What a workload takes its blocks from: all threads the same.

class nearmem_memory {
 public:
  void* allocate(std::size_t bytes) { return resource_.allocate(bytes, 16); }
  void deallocate(void* block, std::size_t bytes) { resource_.deallocate(block, bytes, 16); }

 private:
  synchronized_slab_resource resource_;
};

// malloc, or what LD_PRELOAD puts in its place.
class new_memory {
 public:
  void* allocate(std::size_t bytes) { return ::operator new(bytes); }
  void deallocate(void* block, std::size_t bytes) { ::operator delete(block, bytes); }
};

}  // namespace nearmem::bench
