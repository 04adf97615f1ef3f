#include <atomic>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/accounting/budget.hpp>
#include <nearmem/accounting/dynamic_usage.hpp>
#include <nearmem/accounting/resource_registry.hpp>
#include <nearmem/alloc/concurrent_arena.hpp>
#include <nearmem/topology/this_thread.hpp>

#include "tests/alloc/books.hpp"
#include "tests/alloc/simulated_machine.hpp"

namespace nearmem {
namespace {

struct a_concurrent_arena : testing::Test {
  resource_options on_source() {
    resource_options options;
    options.pages = &source;
    return options;
  }

  simulated_machine simulated;
  page_source source = simulated.make();
};

TEST_F(a_concurrent_arena, takes_nothing_until_it_is_asked) {
  concurrent_arena empty(on_source());
  EXPECT_EQ(empty.memory_usage(), 0u);
  EXPECT_EQ(empty.footprint(), 0u);
  EXPECT_EQ(empty.shards(), 0u);
  expect_balanced(empty, simulated.hardware);
}

TEST_F(a_concurrent_arena, begins_with_a_page_and_one_for_descriptors) {
  concurrent_arena fresh(on_source());
  EXPECT_NE(fresh.allocate(1), nullptr);
  EXPECT_EQ(fresh.footprint(), 8192u);
  EXPECT_EQ(fresh.memory_usage(), 1u);
  EXPECT_EQ(dynamic_usage(fresh), 1u);
  expect_balanced(fresh, simulated.hardware);
}

TEST_F(a_concurrent_arena, serves_many_writers_at_once) {
  concurrent_arena shared(on_source());
  constexpr std::size_t writers = 8;
  constexpr std::size_t each = 3000;
  std::atomic<bool> stop{false};
  std::thread reader([&] {
    std::size_t last = 0;
    while (!stop.load()) {
      const std::size_t charged = shared.usage().charged;
      EXPECT_GE(charged, last);
      last = charged;
      EXPECT_LE(shared.memory_usage(), writers * each * 64 + writers * 131'072);
      resource_description shown;
      shared.describe(shown);
    }
  });
  std::vector<std::thread> threads;
  for (std::size_t writer = 0; writer < writers; ++writer) {
    threads.emplace_back([&shared, writer] {
      std::vector<unsigned char*> blocks;
      for (std::size_t i = 0; i < each; ++i) {
        const std::size_t alignment = std::size_t{1} << (i % 8);
        auto* block = static_cast<unsigned char*>(shared.allocate_aligned(1 + i % 50, alignment));
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block) % alignment, 0u);
        std::memset(block, static_cast<int>(writer), 1 + i % 50);
        blocks.push_back(block);
      }
      for (std::size_t i = 0; i < each; ++i) {
        for (std::size_t b = 0; b < 1 + i % 50; ++b)
          ASSERT_EQ(blocks[i][b], writer);
      }
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  stop.store(true);
  reader.join();
  EXPECT_EQ(shared.usage().charged, writers * each / 50 * (50 * 51 / 2));
  EXPECT_EQ(shared.usage().blocks, writers * each);
  expect_balanced(shared, simulated.hardware);
  shared.release();
  EXPECT_EQ(shared.footprint(), 0u);
}

TEST_F(a_concurrent_arena, hands_the_shard_of_a_thread_that_ended_to_the_next) {
  concurrent_arena shared(on_source());
  for (int i = 0; i < 50; ++i)
    std::thread([&shared] { shared.allocate(100); }).join();
  EXPECT_EQ(shared.shards(), 1u);
  EXPECT_EQ(shared.usage().charged, 5000u);
  EXPECT_LE(shared.footprint(), 3u * 4096);
  expect_balanced(shared, simulated.hardware);
}

// Allocates when the thread's variables are destroyed, its shard's included.
struct late {
  concurrent_arena* into = nullptr;
  ~late() {
    if (into != nullptr) std::memset(into->allocate(100), 1, 100);
  }
};

TEST_F(a_concurrent_arena, serves_threads_at_their_end) {
  concurrent_arena shared(on_source());
  for (int round = 0; round < 2; ++round) {
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&shared] {
        thread_local late last;
        last.into = &shared;
        shared.allocate(100);
      });
    }
    for (std::thread& thread : threads)
      thread.join();
  }
  EXPECT_EQ(shared.usage().charged, 1600u);
  expect_balanced(shared, simulated.hardware);
}

TEST_F(a_concurrent_arena, bounds_what_lies_unused_in_shards) {
  concurrent_arena shared(on_source());
  constexpr std::size_t writers = 16;
  constexpr std::size_t each = 300'000;
  std::atomic<std::size_t> done{0};
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < writers; ++i) {
    threads.emplace_back([&] {
      for (std::size_t bytes = 0; bytes < each; bytes += 100)
        shared.allocate(100);
      // All at once, so that no shard is handed on.
      ++done;
      while (done.load() < writers)
        std::this_thread::yield();
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_EQ(shared.shards(), writers);
  const resource_usage usage = shared.usage();
  EXPECT_LE(usage.unused, writers * 132'000);
  expect_balanced(shared, simulated.hardware);
}

TEST_F(a_concurrent_arena, may_be_one_of_many_in_a_thread) {
  std::vector<std::unique_ptr<concurrent_arena>> arenas;
  for (int i = 0; i < 30; ++i)
    arenas.push_back(std::make_unique<concurrent_arena>(on_source()));
  for (std::size_t round = 0; round < 10; ++round) {
    for (std::size_t i = 0; i < arenas.size(); ++i)
      arenas[i]->allocate(i + 1);
  }
  for (std::size_t i = 0; i < arenas.size(); ++i) {
    EXPECT_EQ(arenas[i]->usage().charged, 10 * (i + 1));
    EXPECT_EQ(arenas[i]->shards(), 1u);
  }
}

TEST_F(a_concurrent_arena, is_not_mistaken_for_one_that_was_there_before) {
  alignas(concurrent_arena) std::byte place[sizeof(concurrent_arena)];
  for (int i = 0; i < 20; ++i) {
    auto* there = new (place) concurrent_arena(on_source());
    there->allocate(10);
    EXPECT_EQ(there->usage().charged, 10u);
    there->~concurrent_arena();
  }
  EXPECT_EQ(simulated.kernel.resident_bytes(), source.own_usage().footprint);
}

TEST_F(a_concurrent_arena, takes_each_thread_s_memory_from_its_node) {
  concurrent_arena shared(on_source());
  std::vector<std::thread> threads;
  for (const unsigned node : {1u, 4u}) {
    threads.emplace_back([&shared, node] {
      this_thread::assumed_node here(node_id{node});
      shared.allocate(200'000);
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_GE(shared.usage(node_id{1}).footprint + shared.usage(node_id{4}).footprint, 400'000u);
  EXPECT_GE(shared.usage(node_id{4}).footprint, 200'000u);
}

TEST_F(a_concurrent_arena, keeps_blocks_up_to_its_limit_when_it_is_reset) {
  concurrent_arena shared(arena_options(on_source(), 100'000));
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&shared] {
      for (int j = 0; j < 2000; ++j)
        shared.allocate(100);
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  shared.reset();
  EXPECT_EQ(shared.memory_usage(), 0u);
  EXPECT_LE(shared.usage().unused, 100'000u);
  EXPECT_GT(shared.usage().unused, 0u);
  expect_balanced(shared, simulated.hardware);
  EXPECT_GT(shared.trim(), 0u);
  EXPECT_EQ(shared.usage().unused, 0u);
}

TEST_F(a_concurrent_arena, finds_a_thread_s_shards_of_many_arenas) {
  // More than a thread remembers, and all of them in one place of its memory.
  std::vector<std::unique_ptr<concurrent_arena>> arenas;
  for (int i = 0; i < 64; ++i)
    arenas.push_back(std::make_unique<concurrent_arena>(on_source()));
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&arenas] {
      for (int round = 0; round < 50; ++round) {
        for (std::size_t i = 0; i < arenas.size(); i += 8)
          std::memset(arenas[i]->allocate(10), 1, 10);
      }
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  for (std::size_t i = 0; i < arenas.size(); i += 8) {
    EXPECT_EQ(arenas[i]->usage().charged, 2000u);
    expect_balanced(*arenas[i], simulated.hardware);
  }
}

TEST_F(a_concurrent_arena, is_listed_by_its_name) {
  resource_options options = on_source();
  options.name = "memtable of a test";
  concurrent_arena named(options);
  named.allocate(10);
  std::size_t shown = 0;
  for (resource_registry::cursor at; reportable* thing = at.next();) {
    if (thing->name() != options.name) continue;
    ++shown;
    EXPECT_EQ(thing->usage().charged, 10u);
    resource_description what;
    thing->describe(what);
    EXPECT_EQ(what.kind, "concurrent_arena");
    EXPECT_EQ(what.arenas.size(), 1u);
  }
  EXPECT_EQ(shown, 1u);
}

TEST_F(a_concurrent_arena, stays_within_its_budget) {
  budget limit("concurrent arena test", 512 * 1024);
  resource_options options = on_source();
  options.budget = &limit;
  concurrent_arena shared(options);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&shared] {
      try {
        while (true)
          shared.allocate(500);
      } catch (const std::bad_alloc&) {
      }
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_LE(limit.used(), 512u * 1024);
  EXPECT_GE(shared.usage().charged, 400u * 1024);
  expect_balanced(shared, simulated.hardware);
}

}  // namespace
}  // namespace nearmem
