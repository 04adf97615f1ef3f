#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/alloc/compat/leveldb.hpp>

#include "tests/alloc/compat/arena_without_exceptions.hpp"
#include "tests/support/seed.hpp"

namespace nearmem {
namespace {

TEST(leveldb_arena, is_empty_at_first) {
  const leveldb::Arena arena;
  EXPECT_EQ(arena.MemoryUsage(), 0U);
  EXPECT_EQ(arena.footprint(), 0U);
}

std::size_t mixed_size(std::mt19937_64& random, std::size_t i) {
  if (i % 1000 == 0) return i == 0 ? 1 : i * 9;
  switch (random() % 20) {
    case 0:
      return 1 + random() % 6000;
    case 1:
    case 2:
      return 1 + random() % 100;
    default:
      return 1 + random() % 20;
  }
}

TEST(leveldb_arena, uses_at_most_a_tenth_more_than_was_asked_for) {
  std::mt19937_64 random(test_seed());
  leveldb::Arena arena;
  std::vector<std::pair<const char*, std::size_t>> blocks;
  std::size_t bytes = 0;
  const std::size_t count = 20'000;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t size = mixed_size(random, i);
    const bool aligned = random() % 10 == 0;
    char* block = aligned ? arena.AllocateAligned(size) : arena.Allocate(size);
    if (aligned) {
      ASSERT_EQ(reinterpret_cast<std::uintptr_t>(block) % sizeof(void*), 0U);
    }
    std::memset(block, static_cast<int>(i % 256), size);
    blocks.emplace_back(block, size);
    bytes += size;
    ASSERT_GE(arena.MemoryUsage(), bytes);
    if (i > 10'000) {
      ASSERT_LE(static_cast<double>(arena.MemoryUsage()), 1.10 * static_cast<double>(bytes));
    }
  }
  EXPECT_GE(arena.footprint(), arena.MemoryUsage());
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const auto [block, size] = blocks[i];
    const char mark = static_cast<char>(i % 256);
    EXPECT_TRUE(std::all_of(block, block + size, [mark](char x) { return x == mark; }));
  }
}

TEST(leveldb_arena, lets_another_thread_read_its_usage) {
  leveldb::Arena arena;
  std::atomic<bool> done = false;
  std::thread reader([&] {
    std::size_t last = 0;
    while (!done) {
      const std::size_t usage = arena.MemoryUsage();
      EXPECT_GE(usage, last);
      last = usage;
    }
  });
  for (int i = 0; i < 10'000; ++i)
    arena.Allocate(100);
  done = true;
  reader.join();
  EXPECT_GE(arena.MemoryUsage(), 1'000'000U);
}

TEST(leveldb_arena, serves_code_without_exceptions) {
  const std::size_t usage = usage_of_a_hundred_allocations();
  EXPECT_GE(usage, 1300U);
  EXPECT_LE(usage, 1300U + 50 * 7);
}

}  // namespace
}  // namespace nearmem
