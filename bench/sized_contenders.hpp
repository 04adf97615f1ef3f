#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <memory_resource>
#include <mutex>
#include <new>
#include <utility>

#if NEARMEM_HAS_BOOST_CONTAINER
#include <boost/container/pmr/synchronized_pool_resource.hpp>
#include <boost/container/pmr/unsynchronized_pool_resource.hpp>
#endif
#if NEARMEM_HAS_TBB
#include <oneapi/tbb/cache_aligned_allocator.h>
#include <oneapi/tbb/scalable_allocator.h>
#endif

#include <nearmem/alloc/size_class.hpp>
#include <nearmem/alloc/synchronized_slab_resource.hpp>
#include <nearmem/alloc/unsynchronized_slab_resource.hpp>

namespace nearmem::bench {

// Contenders for blocks of any size, all with one face:
//
//   void* allocate(std::size_t bytes);   void deallocate(void*, std::size_t bytes);
//
// Those of for_each_shared_contender serve any thread; note_sharing() has what ours counts of it.

// Ours, called directly.
template <class Resource>
class direct_contender {
 public:
  void* allocate(std::size_t bytes) { return resource_.allocate(bytes, 8); }
  void deallocate(void* block, std::size_t bytes) { resource_.deallocate(block, bytes, 8); }
  auto sharing() const
    requires requires(const Resource& any) { any.sharing(); }
  {
    return resource_.sharing();
  }

 private:
  Resource resource_;
};

// Any resource through the virtual calls of std::pmr.
template <class Resource>
class sized_pmr_contender {
 public:
  sized_pmr_contender() {
    // The compiler must not see which resource it is.
    asm volatile("" : "+r"(face_));
  }
  void* allocate(std::size_t bytes) { return face_->allocate(bytes, 8); }
  void deallocate(void* block, std::size_t bytes) { face_->deallocate(block, bytes, 8); }

 private:
  Resource resource_;
  std::pmr::memory_resource* face_ = &resource_;
};

// malloc, or what LD_PRELOAD puts in its place.
struct sized_new_contender {
  void* allocate(std::size_t bytes) { return ::operator new(bytes); }
  void deallocate(void* block, std::size_t bytes) { ::operator delete(block, bytes); }
};

// The floor: free lists in the blocks themselves, one of each thread for each size class; what a
// list has too many of goes to all threads, under a lock. No books, nothing is ever given back, and
// what is in the lists of a thread that ends is lost.
struct sized_floor_contender {
  void* allocate(std::size_t bytes) {
    if (bytes > size_class::largest_bytes) return std::malloc(bytes);
    const std::size_t index = size_class::index(bytes);
    cell_list& list = lists_[index];
    if (list.first == nullptr) refill(list, index);
    cell* const block = list.first;
    list.first = block->next;
    --list.cells;
    return block;
  }
  void deallocate(void* block, std::size_t bytes) {
    if (bytes > size_class::largest_bytes) return std::free(block);
    const std::size_t index = size_class::index(bytes);
    cell_list& list = lists_[index];
    list.first = new (block) cell{list.first, nullptr};
    if (++list.cells == 2 * batch) spill(list, index);
  }

 private:
  static constexpr std::size_t batch = 512;
  struct cell {
    cell* next;
    cell* next_batch;
  };
  struct cell_list {
    cell* first;
    std::size_t cells;
  };
  [[gnu::noinline]] static void spill(cell_list& list, std::size_t index) {
    cell* const spilt = list.first;
    cell* last = spilt;
    for (std::size_t i = 1; i < batch; ++i)
      last = last->next;
    list = {last->next, batch};
    last->next = nullptr;
    const std::lock_guard lock(mutex_);
    spilt->next_batch = std::exchange(shared_[index], spilt);
  }
  [[gnu::noinline]] static void refill(cell_list& list, std::size_t index) {
    {
      const std::lock_guard lock(mutex_);
      if (cell* const taken = shared_[index]; taken != nullptr) {
        shared_[index] = taken->next_batch;
        list = {taken, batch};
        return;
      }
    }
    const std::size_t bytes = size_class::cell_bytes(index);
    const std::size_t cells = std::max<std::size_t>(8, (std::size_t{64} << 10) / bytes);
    auto* const chunk = static_cast<std::byte*>(std::malloc(cells * bytes));
    if (chunk == nullptr) throw std::bad_alloc();
    for (std::size_t i = cells; i-- > 0;)
      list.first = new (chunk + i * bytes) cell{list.first, nullptr};
    list.cells = cells;
  }
  static inline thread_local std::array<cell_list, size_class::count> lists_{};
  static inline std::mutex mutex_;
  static inline std::array<cell*, size_class::count> shared_{};
};

#if NEARMEM_HAS_BOOST_CONTAINER
template <class Resource>
class sized_boost_contender {
 public:
  void* allocate(std::size_t bytes) { return face_->allocate(bytes, 8); }
  void deallocate(void* block, std::size_t bytes) { face_->deallocate(block, bytes, 8); }

 private:
  Resource resource_;
  boost::container::pmr::memory_resource* face_ = &resource_;
};
#endif

#if NEARMEM_HAS_TBB
struct tbb_contender {
  void* allocate(std::size_t bytes) { return scalable_malloc(bytes); }
  void deallocate(void* block, std::size_t) { scalable_free(block); }
};

// The resources that oneTBB offers; the cache-aligned one over the scalable one.
class tbb_pmr_contender {
 public:
  void* allocate(std::size_t bytes) { return face_->allocate(bytes, 8); }
  void deallocate(void* block, std::size_t bytes) { face_->deallocate(block, bytes, 8); }

 private:
  std::pmr::memory_resource* face_ = tbb::scalable_memory_resource();
};
class tbb_aligned_contender {
 public:
  void* allocate(std::size_t bytes) { return resource_.allocate(bytes, 8); }
  void deallocate(void* block, std::size_t bytes) { resource_.deallocate(block, bytes, 8); }

 private:
  tbb::cache_aligned_resource resource_{tbb::scalable_memory_resource()};
};
#endif

// Calls add.operator()<Contender>(name) for every contender that serves any thread.
template <class Register>
void for_each_shared_contender(Register add) {
  add.template operator()<direct_contender<synchronized_slab_resource>>(
      "synchronized_slab_resource");
  add.template operator()<sized_pmr_contender<synchronized_slab_resource>>(
      "synchronized_slab_resource_pmr");
  add.template operator()<sized_floor_contender>("floor_list");
  add.template operator()<sized_new_contender>("new");
  add.template operator()<sized_pmr_contender<std::pmr::synchronized_pool_resource>>(
      "std_synchronized_pool");
#if NEARMEM_HAS_BOOST_CONTAINER
  add.template operator()<sized_boost_contender<boost::container::pmr::synchronized_pool_resource>>(
      "boost_synchronized_pool");
#endif
#if NEARMEM_HAS_TBB
  add.template operator()<tbb_contender>("tbb");
  add.template operator()<tbb_pmr_contender>("tbb_pmr");
  add.template operator()<tbb_aligned_contender>("tbb_cache_aligned");
#endif
}

// The same for those that serve one thread; those that serve any are among them.
template <class Register>
void for_each_sized_contender(Register add) {
  add.template operator()<direct_contender<unsynchronized_slab_resource>>("slab_resource");
  add.template operator()<sized_pmr_contender<unsynchronized_slab_resource>>("slab_resource_pmr");
  add.template operator()<sized_pmr_contender<std::pmr::unsynchronized_pool_resource>>("std_pool");
#if NEARMEM_HAS_BOOST_CONTAINER
  add.template
  operator()<sized_boost_contender<boost::container::pmr::unsynchronized_pool_resource>>(
      "boost_pmr_pool");
#endif
  for_each_shared_contender(add);
}

}  // namespace nearmem::bench
