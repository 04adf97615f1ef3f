#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>
#include <map>
#include <memory_resource>
#include <new>
#include <random>
#include <unordered_map>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/accounting/dynamic_usage.hpp>
#include <nearmem/alloc/compat/core_pool.hpp>

#include "tests/accounting/recording_resource.hpp"
#include "tests/support/seed.hpp"

// Core's tests look into a pool through a friend of this name, and by these members.
class PoolResourceTester {
 public:
  // The free blocks and what is uncut, by address; bytes. Together they tile the chunks of a pool
  // whose blocks all came back.
  template <class Pool>
  static std::map<const void*, std::size_t> free_bytes(const Pool& pool) {
    std::map<const void*, std::size_t> all;
    for (std::size_t i = 0; i < pool.m_free_lists.size(); ++i) {
      for (const auto* at = pool.m_free_lists[i]; at != nullptr; at = at->m_next)
        all.emplace(at, i * Pool::ELEM_ALIGN_BYTES);
    }
    const auto uncut = pool.m_available_memory_end - pool.m_available_memory_it;
    if (uncut > 0) all.emplace(pool.m_available_memory_it, uncut);
    return all;
  }

  template <class Pool>
  static bool is_tiled(const Pool& pool) {
    std::map<const void*, std::size_t> left = free_bytes(pool);
    for (const std::byte* chunk : pool.m_allocated_chunks) {
      const std::byte* at = chunk;
      while (at < chunk + pool.ChunkSizeBytes()) {
        const auto here = left.find(at);
        if (here == left.end()) return false;
        at += here->second;
        left.erase(here);
      }
      if (at != chunk + pool.ChunkSizeBytes()) return false;
    }
    return left.empty();
  }
};

namespace nearmem {
namespace {

template <class Pool>
void expect_books_to_balance(const Pool& pool) {
  const resource_usage usage = pool.usage();
  EXPECT_EQ(usage.footprint, usage.charged + usage.unused + usage.metadata);
  EXPECT_GE(usage.peak_footprint, usage.footprint);
}

TEST(core_pool, takes_its_first_chunk_at_once) {
  const PoolResource<8, 8> pool;
  EXPECT_EQ(pool.NumAllocatedChunks(), 1U);
  EXPECT_EQ(pool.ChunkSizeBytes(), 262'144U);
  EXPECT_EQ(pool.usage().charged, 0U);
  expect_books_to_balance(pool);
}

TEST(core_pool, shows_its_free_lists_to_the_friend_that_core_tests_with) {
  PoolResource<32, 8> pool;
  void* const first = pool.Allocate(9, 8);
  void* const second = pool.Allocate(16, 8);
  pool.Deallocate(second, 16, 8);
  pool.Deallocate(first, 9, 8);
  const auto all = PoolResourceTester::free_bytes(pool);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all.at(first), 16U);
  EXPECT_EQ(all.at(second), 16U);
  EXPECT_TRUE(PoolResourceTester::is_tiled(pool));
}

TEST(core_pool, rounds_a_chunk_up_to_the_alignment) {
  const PoolResource<64, 64> pool(1000);
  EXPECT_EQ(pool.ChunkSizeBytes(), 1024U);
}

TEST(core_pool, hands_out_the_block_that_came_back_last) {
  PoolResource<16, 8> pool;
  void* first = pool.Allocate(8, 8);
  void* second = pool.Allocate(8, 8);
  EXPECT_EQ(static_cast<std::byte*>(second) - static_cast<std::byte*>(first), 8);
  pool.Deallocate(first, 8, 8);
  pool.Deallocate(second, 8, 8);
  EXPECT_EQ(pool.Allocate(8, 8), second);
  EXPECT_EQ(pool.Allocate(8, 1), first);  // a smaller alignment is served alike
  void* other_size = pool.Allocate(16, 8);
  EXPECT_NE(other_size, first);
}

TEST(core_pool, gives_a_request_of_nothing_the_smallest_block) {
  PoolResource<8, 8> pool;
  void* empty = pool.Allocate(0, 1);
  EXPECT_EQ(pool.usage().charged, 8U);
  pool.Deallocate(empty, 0, 1);
  EXPECT_EQ(pool.Allocate(8, 8), empty);
}

TEST(core_pool, passes_larger_and_more_aligned_requests_on_and_counts_them) {
  recording_resource upstream;
  {
    PoolResource<8, 8> pool(1024, &upstream);
    const std::size_t own_blocks = upstream.blocks().size();
    void* large = pool.Allocate(16, 8);
    void* aligned = pool.Allocate(8, 16);
    EXPECT_EQ(upstream.blocks().size(), own_blocks + 2);
    EXPECT_EQ(upstream.blocks().at(large), (block_shape{16, 8}));
    EXPECT_EQ(upstream.blocks().at(aligned), (block_shape{8, 16}));
    EXPECT_EQ(pool.NumPassedOnBlocks(), 2U);
    EXPECT_EQ(pool.PassedOnBytes(), upstream.charge_for(16, 8) + upstream.charge_for(8, 16));
    EXPECT_EQ(pool.usage().charged, pool.PassedOnBytes());
    EXPECT_EQ(pool.usage().footprint, upstream.usage().charged);
    expect_books_to_balance(pool);
    pool.Deallocate(large, 16, 8);
    pool.Deallocate(aligned, 8, 16);
    EXPECT_EQ(pool.NumPassedOnBlocks(), 0U);
    EXPECT_EQ(pool.PassedOnBytes(), 0U);
  }
  EXPECT_EQ(upstream.usage().charged, 0U);
}

TEST(core_pool, puts_the_tail_of_a_chunk_on_the_list_of_its_size) {
  PoolResource<64, 8> pool(64 + 24);
  pool.Allocate(64, 8);
  ASSERT_EQ(pool.NumAllocatedChunks(), 1U);
  pool.Allocate(64, 8);  // 24 bytes are too few
  ASSERT_EQ(pool.NumAllocatedChunks(), 2U);
  const auto* tail = static_cast<const std::byte*>(pool.Allocate(24, 8));
  EXPECT_EQ(pool.NumAllocatedChunks(), 2U);
  const auto* next = static_cast<const std::byte*>(pool.Allocate(24, 8));
  EXPECT_NE(next, tail + 24);  // from the new chunk, not behind the old one
  EXPECT_EQ(pool.NumAllocatedChunks(), 2U);
}

TEST(core_pool, cuts_2048_nodes_of_128_bytes_from_a_chunk) {
  PoolResource<152, 8> pool;
  for (int i = 0; i < 2048; ++i)
    pool.Allocate(128, 8);
  EXPECT_EQ(pool.NumAllocatedChunks(), 1U);
  pool.Allocate(128, 8);
  EXPECT_EQ(pool.NumAllocatedChunks(), 2U);
}

TEST(core_pool, serves_every_size_without_overlap) {
  PoolResource<128, 8> pool(1024);
  std::vector<std::byte*> blocks;
  for (std::size_t bytes = 0; bytes < 200; ++bytes) {
    auto* block = static_cast<std::byte*>(pool.Allocate(bytes, 1));
    std::memset(block, static_cast<int>(bytes), bytes);
    blocks.push_back(block);
  }
  for (std::size_t bytes = 0; bytes < 200; ++bytes) {
    const std::byte* block = blocks[bytes];
    EXPECT_TRUE(std::all_of(block, block + bytes,
                            [&](std::byte x) { return x == static_cast<std::byte>(bytes); }));
    pool.Deallocate(blocks[bytes], bytes, 1);
  }
  EXPECT_EQ(pool.usage().charged, 0U);
  EXPECT_EQ(pool.usage().blocks, 0U);
}

struct live_block {
  void* address;
  std::size_t bytes;
  std::size_t alignment;
};

template <std::size_t most, std::size_t alignment>
void allocate_at_random() {
  recording_resource upstream;
  std::mt19937_64 random(test_seed());
  {
    PoolResource<most, alignment> pool(4096, &upstream);
    std::vector<live_block> live;
    std::size_t charged = 0;
    for (int i = 0; i < 5000; ++i) {
      if (!live.empty() && random() % 5 < 2) {
        const std::size_t at = random() % live.size();
        const live_block block = live[at];
        pool.Deallocate(block.address, block.bytes, block.alignment);
        charged -= pool.charge_for(block.bytes, block.alignment);
        live[at] = live.back();
        live.pop_back();
      } else {
        const std::size_t wanted = std::size_t{1} << (random() % 8);
        const std::size_t bytes = wanted * (random() % (256 / wanted + 1));
        void* address = pool.Allocate(bytes, wanted);
        ASSERT_EQ(reinterpret_cast<std::uintptr_t>(address) % wanted, 0U);
        live.push_back({address, bytes, wanted});
        charged += pool.charge_for(bytes, wanted);
      }
      ASSERT_EQ(pool.usage().charged, charged);
      ASSERT_EQ(pool.usage().blocks, live.size());
      ASSERT_EQ(pool.usage().footprint, upstream.usage().charged);
      expect_books_to_balance(pool);
    }
    for (const live_block& block : live) {
      pool.Deallocate(block.address, block.bytes, block.alignment);
    }
    EXPECT_EQ(pool.usage().charged, 0U);
    EXPECT_TRUE(PoolResourceTester::is_tiled(pool));
  }
  EXPECT_EQ(upstream.usage().charged, 0U);
}

TEST(core_pool, keeps_its_books_through_random_requests) {
  allocate_at_random<128, 8>();
  allocate_at_random<8, 8>();
  allocate_at_random<16, 16>();
  allocate_at_random<256, 64>();
  allocate_at_random<128, 1>();
}

// Refuses when it is told to.
class moody_resource final : public std::pmr::memory_resource {
 public:
  bool refuses = false;

 private:
  void* do_allocate(std::size_t bytes, std::size_t alignment) override {
    if (refuses) throw std::bad_alloc();
    return std::pmr::new_delete_resource()->allocate(bytes, alignment);
  }
  void do_deallocate(void* block, std::size_t bytes, std::size_t alignment) override {
    std::pmr::new_delete_resource()->deallocate(block, bytes, alignment);
  }
  bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
    return this == &other;
  }
};

TEST(core_pool, changes_nothing_when_upstream_refuses) {
  moody_resource upstream;
  PoolResource<64, 8> pool(64 + 24, &upstream);
  pool.Allocate(64, 8);
  const resource_usage before = pool.usage();
  upstream.refuses = true;
  EXPECT_THROW(pool.Allocate(64, 8), std::bad_alloc);
  EXPECT_THROW(pool.Allocate(1000, 8), std::bad_alloc);
  EXPECT_EQ(pool.usage(), before);
  EXPECT_NE(pool.Allocate(24, 8), nullptr);  // the tail is still there
  upstream.refuses = false;
  EXPECT_NE(pool.Allocate(64, 8), nullptr);
}

TEST(core_pool, refuses_what_no_address_space_holds) {
  constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
  PoolResource<64, 8> pool;
  const resource_usage before = pool.usage();
  for (const std::size_t bytes : {most, most - 7, most - 4095, most / 2}) {
    for (const std::size_t alignment : {1U, 8U, 64U, 4096U})
      EXPECT_THROW(pool.Allocate(bytes, alignment), std::bad_alloc) << bytes;
    EXPECT_THROW((PoolResource<64, 8>(bytes)), std::bad_alloc) << bytes;
  }
  EXPECT_EQ(pool.usage(), before);
}

TEST(core_pool, is_an_accounted_resource_to_its_containers) {
  using pair = std::pair<const std::uint64_t, std::uint64_t>;
  using allocator = PoolAllocator<pair, sizeof(pair) + 4 * sizeof(void*)>;
  using map = std::unordered_map<std::uint64_t, std::uint64_t, std::hash<std::uint64_t>,
                                 std::equal_to<>, allocator>;
  allocator::ResourceType pool;
  {
    map numbers(0, std::hash<std::uint64_t>(), std::equal_to<>(), &pool);
    for (std::uint64_t i = 0; i < 10'000; ++i) {
      const std::size_t before = pool.usage().charged;
      const std::size_t announced = incremental_dynamic_usage(numbers);
      numbers.emplace(i, i);
      ASSERT_EQ(pool.usage().charged - before, announced);
      ASSERT_EQ(dynamic_usage(numbers), pool.usage().charged);
    }
  }
  EXPECT_EQ(pool.usage().charged, 0U);
}

}  // namespace
}  // namespace nearmem
