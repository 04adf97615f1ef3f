#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <memory_resource>
#include <new>
#include <vector>

#if NEARMEM_HAS_BOOST_POOL
#include <boost/pool/pool.hpp>
#endif
#if NEARMEM_HAS_BOOST_CONTAINER
#include <boost/container/pmr/unsynchronized_pool_resource.hpp>
#endif
#if NEARMEM_HAS_FOONATHAN
#include <foonathan/memory/memory_pool.hpp>
#endif
#if NEARMEM_HAS_TBB
#include <oneapi/tbb/scalable_allocator.h>
#endif

#include <nearmem/alloc/compat/core_pool.hpp>
#include <nearmem/alloc/slab_cache.hpp>
#include <nearmem/alloc/unsynchronized_slab_resource.hpp>

namespace nearmem::bench {

// What is measured against what. A contender hands out blocks of `Bytes` bytes; all have the same
// face, so that a benchmark is written once:
//
//   void* allocate();   void deallocate(void*);

// Ours, the cell size known to the compiler.
template <std::size_t Bytes, slab_return Return = slab_return::when_empty>
class slab_cache_contender {
 public:
  void* allocate() { return cache_.allocate(); }
  void deallocate(void* block) { cache_.deallocate(block); }

 private:
  slab_cache<std::array<std::byte, Bytes>, build_checks, Return> cache_;
};

// Ours, any size, called directly.
template <std::size_t Bytes>
class slab_resource_contender {
 public:
  void* allocate() { return resource_.allocate(Bytes, 8); }
  void deallocate(void* block) { resource_.deallocate(block, Bytes, 8); }

 private:
  unsynchronized_slab_resource resource_;
};

// Any resource through the virtual calls of std::pmr.
template <class Resource, std::size_t Bytes>
class pmr_contender {
 public:
  pmr_contender() {
    // The compiler must not see which resource it is.
    asm volatile("" : "+r"(face_));
  }
  void* allocate() { return face_->allocate(Bytes, 8); }
  void deallocate(void* block) { face_->deallocate(block, Bytes, 8); }

 private:
  Resource resource_;
  std::pmr::memory_resource* face_ = &resource_;
};

// malloc, or what LD_PRELOAD puts in its place.
template <std::size_t Bytes>
class new_contender {
 public:
  void* allocate() { return ::operator new(Bytes); }
  void deallocate(void* block) { ::operator delete(block, Bytes); }
};

// Bitcoin Core's, in our words: it never gives anything back before it ends.
template <std::size_t Bytes>
class core_pool_contender {
 public:
  void* allocate() { return resource_.Allocate(Bytes, 8); }
  void deallocate(void* block) { resource_.Deallocate(block, Bytes, 8); }

 private:
  PoolResource<Bytes, 8> resource_;
};

// The floor: a free list in the blocks themselves over a bump pointer. One thread, no books,
// nothing is ever given back.
template <std::size_t Bytes>
class floor_contender {
 public:
  void* allocate() {
    if (free_ != nullptr) {
      cell* block = free_;
      free_ = block->next;
      return block;
    }
    if (left_ == 0) grow();
    --left_;
    return next_++;
  }
  void deallocate(void* block) { free_ = new (block) cell{free_}; }

 private:
  union cell {
    cell* next;
    std::byte bytes[Bytes];
  };
  static constexpr std::size_t cells_of_chunk = (std::size_t{256} << 10) / sizeof(cell);

  [[gnu::noinline]] void grow() {
    chunks_.push_back(std::make_unique_for_overwrite<cell[]>(cells_of_chunk));
    next_ = chunks_.back().get();
    left_ = cells_of_chunk;
  }

  cell* free_ = nullptr;
  cell* next_ = nullptr;
  std::size_t left_ = 0;
  std::vector<std::unique_ptr<cell[]>> chunks_;
};

#if NEARMEM_HAS_BOOST_POOL
template <std::size_t Bytes>
class boost_pool_contender {
 public:
  void* allocate() { return pool_.malloc(); }
  void deallocate(void* block) { pool_.free(block); }

 private:
  boost::pool<> pool_{Bytes};
};
#endif

#if NEARMEM_HAS_BOOST_CONTAINER
template <std::size_t Bytes>
class boost_pmr_contender {
 public:
  void* allocate() { return face_->allocate(Bytes, 8); }
  void deallocate(void* block) { face_->deallocate(block, Bytes, 8); }

 private:
  boost::container::pmr::unsynchronized_pool_resource resource_;
  boost::container::pmr::memory_resource* face_ = &resource_;
};
#endif

#if NEARMEM_HAS_FOONATHAN
template <std::size_t Bytes>
class foonathan_pool_contender {
 public:
  void* allocate() { return pool_.allocate_node(); }
  void deallocate(void* block) { pool_.deallocate_node(block); }

 private:
  foonathan::memory::memory_pool<> pool_{Bytes, std::size_t{256} << 10};
};
#endif

#if NEARMEM_HAS_TBB
template <std::size_t Bytes>
class fixed_tbb_contender {
 public:
  void* allocate() { return scalable_malloc(Bytes); }
  void deallocate(void* block) { scalable_free(block); }
};
#endif

// Registers Run<Contender> for every contender that is here, as "name/contender".
template <std::size_t Bytes, class Register>
void for_each_contender(Register add) {
  add.template operator()<slab_cache_contender<Bytes>>("slab_cache");
  add.template operator()<slab_cache_contender<Bytes, slab_return::by_trim>>("slab_cache_by_trim");
  add.template operator()<slab_resource_contender<Bytes>>("slab_resource");
  add.template operator()<pmr_contender<unsynchronized_slab_resource, Bytes>>("slab_resource_pmr");
  add.template operator()<core_pool_contender<Bytes>>("core_pool");
  add.template operator()<floor_contender<Bytes>>("floor_list");
  add.template operator()<new_contender<Bytes>>("new");
  add.template operator()<pmr_contender<std::pmr::unsynchronized_pool_resource, Bytes>>("std_pool");
#if NEARMEM_HAS_BOOST_POOL
  add.template operator()<boost_pool_contender<Bytes>>("boost_pool");
#endif
#if NEARMEM_HAS_BOOST_CONTAINER
  add.template operator()<boost_pmr_contender<Bytes>>("boost_pmr_pool");
#endif
#if NEARMEM_HAS_FOONATHAN
  add.template operator()<foonathan_pool_contender<Bytes>>("foonathan_pool");
#endif
#if NEARMEM_HAS_TBB
  add.template operator()<fixed_tbb_contender<Bytes>>("tbb");
#endif
}

}  // namespace nearmem::bench
