#include <cstdint>
#include <limits>
#include <map>
#include <memory_resource>
#include <new>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/accounting/budget.hpp>
#include <nearmem/accounting/budget_exceeded.hpp>
#include <nearmem/accounting/dynamic_usage.hpp>
#include <nearmem/alloc/resource_allocator.hpp>
#include <nearmem/alloc/synchronized_slab_resource.hpp>
#include <nearmem/alloc/unsynchronized_slab_resource.hpp>

#include "tests/alloc/books.hpp"
#include "tests/alloc/simulated_machine.hpp"

namespace nearmem {
namespace {

struct a_synchronized_slab_resource : testing::Test {
  resource_options on_source() {
    resource_options options;
    options.pages = &source;
    return options;
  }

  simulated_machine simulated;
  page_source source = simulated.make();
  synchronized_slab_resource resource{on_source()};
};

TEST_F(a_synchronized_slab_resource, takes_nothing_until_it_is_asked) {
  EXPECT_EQ(resource.usage(), resource_usage());
  EXPECT_EQ(source.own_usage().committed, source.own_usage().footprint);
  EXPECT_TRUE(resource.audit());
}

TEST_F(a_synchronized_slab_resource, is_a_few_kib_itself) {
  EXPECT_LE(sizeof(synchronized_slab_resource), 6u * 1024);
}

TEST_F(a_synchronized_slab_resource, is_equal_to_itself_alone) {
  synchronized_slab_resource other(on_source());
  EXPECT_TRUE(resource.is_equal(resource));
  EXPECT_FALSE(resource.is_equal(other));
}

TEST_F(a_synchronized_slab_resource, charges_what_the_unsynchronized_one_does) {
  for (const std::size_t cells : {0u, 64u, 1024u}) {
    resource_options options = on_source();
    options.cell_alignment = cells;
    const synchronized_slab_resource any(options);
    const unsynchronized_slab_resource one(options);
    for (std::size_t alignment = 1; alignment <= 8192; alignment *= 2) {
      for (std::size_t bytes = 0; bytes < 100'000; bytes = bytes * 9 / 8 + 1)
        ASSERT_EQ(any.charge_for(bytes, alignment), one.charge_for(bytes, alignment));
    }
  }
}

TEST_F(a_synchronized_slab_resource, serves_every_size_and_alignment_at_its_charge) {
  std::size_t charged = 0;
  struct block {
    void* address;
    std::size_t bytes;
    std::size_t alignment;
  };
  std::vector<block> blocks;
  for (std::size_t alignment = 1; alignment <= page_source::chunk_bytes; alignment *= 4) {
    for (std::size_t bytes = 0; bytes < 200'000; bytes = bytes * 5 / 4 + 1) {
      auto* block = static_cast<unsigned char*>(resource.allocate(bytes, alignment));
      ASSERT_EQ(reinterpret_cast<std::uintptr_t>(block) % alignment, 0u);
      if (bytes > 0) block[0] = block[bytes - 1] = 0xff;
      blocks.push_back({block, bytes, alignment});
      charged += resource.charge_for(bytes, alignment);
      ASSERT_EQ(resource.usage().charged, charged);
      ASSERT_EQ(resource.usage().blocks, blocks.size());
    }
  }
  expect_balanced(resource, simulated.hardware);
  std::thread([&] {
    for (const block& one : blocks)
      resource.deallocate(one.address, one.bytes, one.alignment);
  }).join();
  expect_balanced(resource, simulated.hardware);
  EXPECT_EQ(resource.usage().charged, 0u);
  resource.trim();
  EXPECT_EQ(resource.footprint(), 0u);
}

TEST_F(a_synchronized_slab_resource, refuses_what_no_address_space_holds) {
  EXPECT_THROW(static_cast<void>(resource.allocate(std::numeric_limits<std::size_t>::max())),
               std::bad_alloc);
  EXPECT_THROW(static_cast<void>(resource.allocate(64, page_source::chunk_bytes * 2)),
               std::bad_alloc);
}

TEST_F(a_synchronized_slab_resource, charges_containers_to_the_byte_at_every_step) {
  std::pmr::unordered_map<int, std::pmr::string> map(&resource);
  for (int i = 0; i < 500; ++i) {
    map.emplace(i, std::string(static_cast<std::size_t>(i), 'x'));
    ASSERT_EQ(recursive_dynamic_usage(map), resource.usage().charged);
  }
  for (int i = 0; i < 500; i += 2) {
    map.erase(i);
    ASSERT_EQ(recursive_dynamic_usage(map), resource.usage().charged);
  }
  expect_balanced(resource, simulated.hardware);
}

TEST_F(a_synchronized_slab_resource, charges_containers_without_virtual_calls_alike) {
  using allocator = resource_allocator<std::pair<const int, long>, synchronized_slab_resource>;
  std::map<int, long, std::less<>, allocator> map{allocator(&resource)};
  for (int i = 0; i < 500; ++i) {
    map.emplace(i, i);
    ASSERT_EQ(dynamic_usage(map), resource.usage().charged);
  }
  std::vector<int, resource_allocator<int, synchronized_slab_resource>> numbers(&resource);
  const std::size_t before = resource.usage().charged;
  for (int i = 0; i < 5000; ++i) {
    numbers.push_back(i);
    ASSERT_EQ(before + dynamic_usage(numbers), resource.usage().charged);
  }
}

TEST_F(a_synchronized_slab_resource, stays_within_its_budget_and_gives_back_before_it_gives_up) {
  budget limit("limit", 1u << 20);
  resource_options options = on_source();
  options.budget = &limit;
  synchronized_slab_resource tight(options);
  std::vector<void*> blocks;
  try {
    for (;;)
      blocks.push_back(tight.allocate(100));
  } catch (const budget_exceeded&) {
    EXPECT_LE(limit.used(), limit.limit());
  }
  EXPECT_GE(blocks.size() * 112, (1u << 20) * 3 / 4);
  expect_balanced(tight, simulated.hardware);
  for (void* block : blocks)
    tight.deallocate(block, 100);
  // What the small cells had is there for large ones.
  void* const large = tight.allocate(900'000);
  tight.deallocate(large, 900'000);
  tight.trim();
  EXPECT_EQ(limit.used(), 0u);
}

TEST_F(a_synchronized_slab_resource, lets_eight_threads_share_5_mb) {
  budget limit("limit", 5'000'000);
  resource_options options = on_source();
  options.budget = &limit;
  synchronized_slab_resource tight(options);
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      std::vector<std::pair<void*, std::size_t>> blocks;
      for (std::size_t bytes = 0, round = 0; round < 4000; ++round) {
        const std::size_t size = 20 + round * 37 % 600;
        bytes += tight.charge_for(size, 8);
        blocks.emplace_back(tight.allocate(size, 8), size);
        while (bytes > 300'000) {
          tight.deallocate(blocks.front().first, blocks.front().second, 8);
          bytes -= tight.charge_for(blocks.front().second, 8);
          blocks.erase(blocks.begin());
        }
      }
      for (const auto& [block, size] : blocks)
        tight.deallocate(block, size, 8);
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  expect_balanced(tight, simulated.hardware);
  tight.trim();
  EXPECT_EQ(limit.used(), 0u);
}

TEST_F(a_synchronized_slab_resource, can_take_everything_back_and_go_on) {
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 1000; ++i)
      static_cast<void>(resource.allocate(static_cast<std::size_t>(i) * 50));
    resource.release();
    EXPECT_EQ(resource.footprint(), 0u);
    EXPECT_EQ(resource.usage().charged, 0u);
    expect_balanced(resource, simulated.hardware);
  }
}

using a_synchronized_slab_resource_death = a_synchronized_slab_resource;

TEST_F(a_synchronized_slab_resource_death, finds_wrong_frees_in_checked_builds) {
  if (build_checks == check_level::fast) GTEST_SKIP() << "fast builds do not look";
  void* const block = resource.allocate(100, 8);
  void* const large = resource.allocate(100'000, 8);
  int foreign = 0;
  EXPECT_DEATH(resource.deallocate(&foreign, 100, 8), "not of this resource");
  EXPECT_DEATH(resource.deallocate(block, 200, 8), "another size");
  EXPECT_DEATH(resource.deallocate(static_cast<char*>(block) + 16, 100, 8), "inside a cell");
  EXPECT_DEATH(resource.deallocate(large, 50'000, 8), "another size");
  EXPECT_DEATH(
      {
        resource.deallocate(block, 100, 8);
        resource.deallocate(block, 100, 8);
      },
      "freed twice");
  // Of a slab of another thread, when the cells come home.
  EXPECT_DEATH(
      {
        std::thread([&] {
          resource.deallocate(block, 100, 8);
          resource.deallocate(block, 100, 8);
        }).join();
        resource.trim();
      },
      "freed twice");
  resource.deallocate(block, 100, 8);
  resource.deallocate(large, 100'000, 8);
}

TEST(synchronized_slab_resource, takes_a_large_block_back_before_any_thread_has_a_heap) {
  simulated_machine simulated;
  page_source source = simulated.make();
  resource_options options;
  options.pages = &source;
  synchronized_slab_resource resource(options);
  void* const block = resource.allocate(100'000, 8);
  resource.deallocate(block, 100'000, 8);
  EXPECT_EQ(resource.usage().charged, 0u);
}

}  // namespace
}  // namespace nearmem
