#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <limits>
#include <list>
#include <memory_resource>
#include <new>
#include <type_traits>
#include <utility>

#include <nearmem/accounting/accounted_resource.hpp>
#include <nearmem/accounting/block_charge.hpp>
#include <nearmem/accounting/contract.hpp>
#include <nearmem/accounting/standard_library.hpp>

// Bitcoin Core's names and spelling, so that its code compiles against them unchanged. They stand
// in the global namespace, where Core's stand.

// NOLINTBEGIN(readability-identifier-naming)

// Free lists of small blocks, by size, cut from large chunks.
//
//   m_allocated_chunks ─► │ block │ block │ … │ m_available_memory_it ── uncut ── …_end │
//   m_free_lists[i] ─► block ─► block
//
// A block of up to MAX_BLOCK_SIZE_BYTES that needs no more than the pool's alignment is rounded up
// to it, and taken from the free list of that size (last in, first out) or else cut from the newest
// chunk; what is left of a chunk that is too short goes to the list of its own size. Every other
// request is passed on, and, unlike in Core, counted. Chunks are given back by the destructor only,
// and the first is taken by the constructor.
//
// What Core's PoolResourceTester, a friend, looks at has Core's names: members that begin with m_,
// ListNode and ELEM_ALIGN_BYTES.
//
// Memory comes from an upstream resource: new and delete by default, or one of nearmem's.
//
// Invariants
//  1. footprint == charged + unused + metadata: chunks at their charge upstream, and what is passed
//     on; metadata are the nodes of m_allocated_chunks.
//  2. charge_for(request) is the size of its cell, or its charge upstream if it is passed on.
//
// Thread rule: one owner, for everything.
template <std::size_t MAX_BLOCK_SIZE_BYTES, std::size_t ALIGN_BYTES>
class PoolResource final : public nearmem::accounted_resource {
  struct ListNode {
    ListNode* m_next;
  };

  static_assert(std::has_single_bit(ALIGN_BYTES), "the alignment is a power of two");

  static constexpr std::size_t ELEM_ALIGN_BYTES = std::max(alignof(ListNode), ALIGN_BYTES);

  static_assert(sizeof(ListNode) <= ELEM_ALIGN_BYTES, "a free block's link fits into it");
  static_assert(MAX_BLOCK_SIZE_BYTES >= ELEM_ALIGN_BYTES &&
                    MAX_BLOCK_SIZE_BYTES % ELEM_ALIGN_BYTES == 0,
                "the largest block is a multiple of the alignment");

 public:
  static constexpr std::size_t default_chunk_bytes = 262'144;

  PoolResource() : PoolResource(default_chunk_bytes) {}
  explicit PoolResource(std::size_t chunk_size_bytes,
                        std::pmr::memory_resource* upstream = std::pmr::new_delete_resource())
      : upstream_(upstream),
        charges_(nearmem::memory_behind(std::pmr::polymorphic_allocator<>(upstream))),
        m_chunk_size_bytes(units(checked(chunk_size_bytes)) * ELEM_ALIGN_BYTES),
        m_allocated_chunks(upstream) {
    nearmem::expects(m_chunk_size_bytes >= MAX_BLOCK_SIZE_BYTES,
                     "PoolResource: a chunk holds no block");
    take_chunk();
  }
  PoolResource(const PoolResource&) = delete;
  PoolResource& operator=(const PoolResource&) = delete;
  PoolResource(PoolResource&&) = delete;
  PoolResource& operator=(PoolResource&&) = delete;

  // Takes every block back, also those that never came back.
  ~PoolResource() override {
    for (std::byte* chunk : m_allocated_chunks)
      upstream_->deallocate(chunk, m_chunk_size_bytes, ELEM_ALIGN_BYTES);
  }

  // Throws what upstream throws, and then nothing has changed. O(1).
  void* Allocate(std::size_t bytes, std::size_t alignment) {
    if (!is_pooled(bytes, alignment)) return pass_on(bytes, alignment);
    const std::size_t size_class = class_of(bytes);
    const std::size_t cell_bytes = size_class * ELEM_ALIGN_BYTES;
    void* cell = m_free_lists[size_class];
    if (cell != nullptr) {
      m_free_lists[size_class] = m_free_lists[size_class]->m_next;
    } else {
      cell = cut(cell_bytes);
    }
    pooled_bytes_ += cell_bytes;
    ++blocks_;
    return cell;
  }

  // Requires a block of Allocate's with the same arguments. O(1).
  void Deallocate(void* block, std::size_t bytes, std::size_t alignment) noexcept {
    --blocks_;
    if (!is_pooled(bytes, alignment)) {
      upstream_->deallocate(block, bytes, alignment);
      passed_on_bytes_ -= upstream_charge({bytes, alignment});
      --passed_on_blocks_;
      return;
    }
    const std::size_t size_class = class_of(bytes);
    pooled_bytes_ -= size_class * ELEM_ALIGN_BYTES;
    keep(block, size_class);
  }

  std::size_t NumAllocatedChunks() const noexcept { return m_allocated_chunks.size(); }
  std::size_t ChunkSizeBytes() const noexcept { return m_chunk_size_bytes; }

  // What Core does not know: live blocks that upstream holds, and what they are charged there.
  std::size_t NumPassedOnBlocks() const noexcept { return passed_on_blocks_; }
  std::size_t PassedOnBytes() const noexcept { return passed_on_bytes_; }

  std::size_t charge_for(std::size_t bytes, std::size_t alignment) const noexcept override {
    if (!is_pooled(bytes, alignment)) return upstream_charge({bytes, alignment});
    return class_of(bytes) * ELEM_ALIGN_BYTES;
  }
  nearmem::resource_usage usage() const noexcept override {
    nearmem::resource_usage all;
    all.charged = pooled_bytes_ + passed_on_bytes_;
    const std::size_t in_chunks =
        m_allocated_chunks.size() * upstream_charge({m_chunk_size_bytes, ELEM_ALIGN_BYTES});
    all.unused = in_chunks - pooled_bytes_;
    all.metadata = m_allocated_chunks.size() * upstream_charge(chunk_record);
    all.footprint = in_chunks + all.metadata + passed_on_bytes_;
    all.peak_footprint = peak_footprint_;
    all.blocks = blocks_;
    return all;
  }
  // Nothing: the upstream resource places what it gives.
  nearmem::node_usage usage(nearmem::node_id) const noexcept override { return {}; }

 private:
  friend class PoolResourceTester;

  static constexpr nearmem::block_shape chunk_record =
      nearmem::standard_library::list_node<std::byte*>;

  // More than any address space holds: refused before sums of it can wrap, here or upstream.
  static constexpr std::size_t most_bytes = std::numeric_limits<std::size_t>::max() / 4;

  static std::size_t checked(std::size_t chunk_bytes) {
    if (chunk_bytes > most_bytes) throw std::bad_alloc();
    return chunk_bytes;
  }
  static constexpr std::size_t units(std::size_t bytes) noexcept {
    return (bytes + ELEM_ALIGN_BYTES - 1) / ELEM_ALIGN_BYTES;
  }
  static constexpr std::size_t class_of(std::size_t bytes) noexcept {
    return bytes == 0 ? 1 : units(bytes);
  }
  static constexpr bool is_pooled(std::size_t bytes, std::size_t alignment) noexcept {
    return alignment <= ELEM_ALIGN_BYTES && bytes <= MAX_BLOCK_SIZE_BYTES;
  }
  std::size_t upstream_charge(nearmem::block_shape block) const noexcept {
    return charges_.charge(block);
  }

  void* do_allocate(std::size_t bytes, std::size_t alignment) override {
    return Allocate(bytes, alignment);
  }
  void do_deallocate(void* block, std::size_t bytes, std::size_t alignment) override {
    Deallocate(block, bytes, alignment);
  }
  bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
    return this == &other;
  }

  void* pass_on(std::size_t bytes, std::size_t alignment) {
    if (bytes > most_bytes) throw std::bad_alloc();
    void* block = upstream_->allocate(bytes, alignment);
    passed_on_bytes_ += upstream_charge({bytes, alignment});
    ++passed_on_blocks_;
    ++blocks_;
    note_peak();
    return block;
  }
  void* cut(std::size_t cell_bytes) {
    if (static_cast<std::size_t>(m_available_memory_end - m_available_memory_it) < cell_bytes) {
      const std::size_t left =
          static_cast<std::size_t>(m_available_memory_end - m_available_memory_it);
      std::byte* tail = m_available_memory_it;
      take_chunk();
      if (left != 0) keep(tail, left / ELEM_ALIGN_BYTES);
    }
    void* cell = m_available_memory_it;
    m_available_memory_it += cell_bytes;
    return cell;
  }
  void take_chunk() {
    std::pmr::list<std::byte*> record(upstream_);
    record.push_back(nullptr);
    record.back() =
        static_cast<std::byte*>(upstream_->allocate(m_chunk_size_bytes, ELEM_ALIGN_BYTES));
    m_allocated_chunks.splice(m_allocated_chunks.end(), record);
    m_available_memory_it = m_allocated_chunks.back();
    m_available_memory_end = m_available_memory_it + m_chunk_size_bytes;
    note_peak();
  }
  void keep(void* block, std::size_t size_class) noexcept {
    m_free_lists[size_class] = ::new (block) ListNode{m_free_lists[size_class]};
  }
  void note_peak() noexcept { peak_footprint_ = std::max(peak_footprint_, usage().footprint); }

  using upstream_charges =
      decltype(nearmem::memory_behind(std::declval<std::pmr::polymorphic_allocator<>>()));

  std::pmr::memory_resource* upstream_;
  upstream_charges charges_;
  std::size_t m_chunk_size_bytes;
  std::pmr::list<std::byte*> m_allocated_chunks;
  std::byte* m_available_memory_it = nullptr;
  std::byte* m_available_memory_end = nullptr;
  std::array<ListNode*, MAX_BLOCK_SIZE_BYTES / ELEM_ALIGN_BYTES + 1> m_free_lists{};
  std::size_t pooled_bytes_ = 0;
  std::size_t passed_on_bytes_ = 0;
  std::size_t passed_on_blocks_ = 0;
  std::size_t blocks_ = 0;
  std::size_t peak_footprint_ = 0;
};

// A standard allocator on such a pool. ALIGN_BYTES is also its blocks' alignment, so a container of
// T's, whose nodes a rebound allocator makes, stays on one pool. Thread rule: the pool's.
template <class T, std::size_t MAX_BLOCK_SIZE_BYTES, std::size_t ALIGN_BYTES = alignof(T)>
class PoolAllocator {
 public:
  using value_type = T;
  using ResourceType = PoolResource<MAX_BLOCK_SIZE_BYTES, ALIGN_BYTES>;

  template <class U>
  struct rebind {
    using other = PoolAllocator<U, MAX_BLOCK_SIZE_BYTES, ALIGN_BYTES>;
  };

  // Implicit, as in Core: a container is given the address of its pool.
  PoolAllocator(ResourceType* resource) noexcept  // NOLINT(google-explicit-constructor)
      : resource_(resource) {}
  template <class U>
  PoolAllocator(  // NOLINT(google-explicit-constructor)
      const PoolAllocator<U, MAX_BLOCK_SIZE_BYTES, ALIGN_BYTES>& other) noexcept
      : resource_(other.resource()) {}

  // Throws std::bad_array_new_length if the bytes cannot be counted, and what the pool throws.
  T* allocate(std::size_t objects) {
    if (objects > std::numeric_limits<std::size_t>::max() / sizeof(T)) {
      throw std::bad_array_new_length();
    }
    return static_cast<T*>(resource_->Allocate(objects * sizeof(T), alignof(T)));
  }
  void deallocate(T* block, std::size_t objects) noexcept {
    resource_->Deallocate(block, objects * sizeof(T), alignof(T));
  }

  ResourceType* resource() const noexcept { return resource_; }

  template <class U>
  friend bool operator==(
      const PoolAllocator& left,
      const PoolAllocator<U, MAX_BLOCK_SIZE_BYTES, ALIGN_BYTES>& right) noexcept {
    return left.resource() == right.resource();
  }

 private:
  ResourceType* resource_;
};

// NOLINTEND(readability-identifier-naming)
