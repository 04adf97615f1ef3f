#include <cstdint>
#include <cstring>
#include <limits>
#include <new>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/accounting/budget.hpp>
#include <nearmem/accounting/dynamic_usage.hpp>
#include <nearmem/alloc/arena.hpp>

#include "tests/alloc/books.hpp"
#include "tests/alloc/simulated_machine.hpp"
#include "tests/support/seed.hpp"

namespace nearmem {
namespace {

struct an_arena : testing::Test {
  resource_options on_source() {
    resource_options options;
    options.pages = &source;
    return options;
  }

  simulated_machine simulated;
  page_source source = simulated.make();
};

TEST_F(an_arena, takes_nothing_until_it_is_asked) {
  arena empty(on_source());
  EXPECT_EQ(empty.memory_usage(), 0u);
  EXPECT_EQ(empty.footprint(), 0u);
  EXPECT_EQ(empty.usage(), (resource_usage{.requested = 0}));
  EXPECT_EQ(source.own_usage().committed, source.own_usage().footprint);
  expect_balanced(empty, simulated.hardware);
}

TEST_F(an_arena, begins_with_one_page) {
  arena fresh(on_source());
  ASSERT_NE(fresh.allocate(1), nullptr);
  EXPECT_EQ(fresh.footprint(), 4096u);
  EXPECT_EQ(fresh.memory_usage(), 1u);
  expect_balanced(fresh, simulated.hardware);
}

TEST_F(an_arena, works_on_the_pages_of_the_process) {
  arena real;
  void* block = real.allocate_aligned(100'000);
  std::memset(block, 1, 100'000);
  EXPECT_GE(real.footprint(), 100'000u);
  EXPECT_TRUE(real.audit());
}

TEST_F(an_arena, begins_blocks_at_cache_lines) {
  arena fresh(on_source());
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(fresh.allocate(1)) % 64, 0u);
}

TEST_F(an_arena, packs_what_asks_for_no_alignment) {
  arena fresh(on_source());
  auto* first = static_cast<std::byte*>(fresh.allocate(3));
  EXPECT_EQ(fresh.allocate(5), first + 3);
  EXPECT_EQ(fresh.allocate_aligned(1, 8), first + 8);
  EXPECT_EQ(fresh.allocate_aligned(1), first + 16);
  EXPECT_EQ(fresh.memory_usage(), 17u);
  EXPECT_EQ(fresh.usage().charged, 10u);
  EXPECT_EQ(fresh.usage().blocks, 4u);
}

TEST_F(an_arena, honours_every_alignment_up_to_a_chunk) {
  arena mixed(on_source());
  for (std::size_t alignment = 1; alignment <= page_source::chunk_bytes; alignment *= 2) {
    auto* address = mixed.allocate_aligned(24, alignment);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(address) % alignment, 0u) << alignment;
    std::memset(address, 0xff, 24);
    mixed.allocate(1);
  }
  expect_balanced(mixed, simulated.hardware);
}

TEST_F(an_arena, hands_out_what_is_asked_for_least_by_its_options) {
  resource_options options = on_source();
  options.cell_alignment = 256;
  arena spread(options);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(spread.allocate(7)) % 256, 0u);
  }
  expect_balanced(spread, simulated.hardware);
}

TEST_F(an_arena, keeps_contents_apart_as_leveldb_tests_it) {
  std::mt19937_64 random(test_seed());
  const auto one_in = [&](unsigned n) { return random() % n == 0; };
  constexpr int count = 100'000;
  arena mixed(on_source());
  std::vector<std::pair<std::size_t, unsigned char*>> allocated;
  std::size_t bytes = 0;
  for (int i = 0; i < count; ++i) {
    std::size_t size = 0;
    if (i % (count / 10) == 0) {
      size = static_cast<std::size_t>(i);
    } else {
      size = one_in(4000) ? random() % 6000 : one_in(10) ? random() % 100 : random() % 20;
    }
    if (size == 0) size = 1;
    auto* block = static_cast<unsigned char*>(one_in(10) ? mixed.allocate_aligned(size)
                                                         : mixed.allocate(size));
    std::memset(block, i % 256, size);
    bytes += size;
    allocated.emplace_back(size, block);
    ASSERT_GE(mixed.memory_usage(), bytes);
    ASSERT_LE(mixed.memory_usage(), mixed.footprint());
    if (i > count / 10) {
      ASSERT_LE(static_cast<double>(mixed.memory_usage()), 1.10 * static_cast<double>(bytes));
    }
  }
  for (std::size_t i = 0; i < allocated.size(); ++i) {
    const auto [size, block] = allocated[i];
    for (std::size_t b = 0; b < size; ++b)
      ASSERT_EQ(block[b], i % 256);
  }
  expect_balanced(mixed, simulated.hardware);
}

TEST_F(an_arena, leaves_at_most_about_half_unused_while_it_grows) {
  arena growing(on_source());
  std::size_t asked = 0;
  while (asked < 8 * mebibyte) {
    growing.allocate_aligned(96);
    asked += 96;
    if (asked > 4096) {
      ASSERT_LE(growing.footprint(), 2 * asked + 3 * 4096);  // page, descriptors, tails
    }
  }
  EXPECT_LE(growing.footprint(), asked + 2 * page_source::chunk_bytes);
}

TEST_F(an_arena, gives_large_requests_blocks_of_their_own_and_fills_the_old_one_further) {
  arena mixed(on_source());
  auto* first = static_cast<std::byte*>(mixed.allocate(16));
  mixed.allocate(100'000);
  EXPECT_EQ(mixed.allocate(16), first + 16);
  EXPECT_EQ(mixed.footprint(), 4096u + 102'400u);
  EXPECT_EQ(mixed.memory_usage(), 32u + 102'400u);
}

TEST_F(an_arena, refuses_what_no_address_space_holds) {
  arena mixed(on_source());
  const std::size_t most = std::numeric_limits<std::size_t>::max();
  for (const std::size_t bytes : {most, most - 15, most / 2, most / 4}) {
    EXPECT_THROW(static_cast<void>(mixed.allocate(bytes)), std::bad_alloc);
    EXPECT_THROW(static_cast<void>(mixed.allocate_aligned(bytes, 4096)), std::bad_alloc);
  }
  EXPECT_THROW(static_cast<void>(mixed.allocate_aligned(1, 4 * mebibyte)), std::bad_alloc);
  EXPECT_EQ(mixed.usage().charged, 0u);
  expect_balanced(mixed, simulated.hardware);
}

TEST_F(an_arena, answers_a_request_of_nothing) {
  arena fresh(on_source());
  EXPECT_NE(fresh.allocate(0), nullptr);
  EXPECT_EQ(fresh.usage().charged, 0u);
}

TEST_F(an_arena, keeps_blocks_up_to_its_limit_when_it_is_reset) {
  arena_options options(on_source(), 64 * 1024);
  arena kept(options);
  for (int i = 0; i < 10'000; ++i)
    kept.allocate_aligned(100);
  kept.reset();
  EXPECT_EQ(kept.memory_usage(), 0u);
  EXPECT_EQ(kept.usage().charged, 0u);
  EXPECT_LE(kept.usage().unused, 64u * 1024);
  EXPECT_GT(kept.usage().unused, 32u * 1024);
  expect_balanced(kept, simulated.hardware);
  kept.allocate(1);
  expect_balanced(kept, simulated.hardware);
  kept.reset();
  kept.trim();
  EXPECT_EQ(kept.footprint(), 0u);
}

TEST_F(an_arena, serves_from_what_it_kept_before_it_takes_more) {
  arena kept(arena_options(on_source(), 2 * mebibyte));
  for (int i = 0; i < 10'000; ++i)
    kept.allocate_aligned(100);
  kept.reset();
  const std::size_t before = kept.footprint();
  ASSERT_GT(before, 64u * 1024);
  while (kept.memory_usage() < before / 2)
    kept.allocate_aligned(100);
  EXPECT_EQ(kept.footprint(), before);
}

TEST_F(an_arena, gives_everything_back_when_it_is_released) {
  arena used(on_source());
  for (int i = 0; i < 10'000; ++i)
    used.allocate_aligned(1000);
  used.release();
  EXPECT_EQ(used.footprint(), 0u);
  EXPECT_EQ(simulated.kernel.resident_bytes(), source.own_usage().footprint);
  EXPECT_NE(used.allocate(10), nullptr);
  EXPECT_EQ(used.footprint(), 4096u);
}

TEST_F(an_arena, stays_within_its_budget_and_is_whole_when_it_is_refused) {
  budget limit("arena test", 40 * 1024);
  resource_options options = on_source();
  options.budget = &limit;
  arena limited(options);
  std::size_t asked = 0;
  EXPECT_THROW(
      while (true) {
        limited.allocate(512);
        asked += 512;
      },
      std::bad_alloc);
  EXPECT_LE(limit.used(), 40u * 1024);
  EXPECT_EQ(limited.usage().charged, asked);
  // Growth is given up before the caller is refused.
  EXPECT_GE(asked, 32u * 1024);
  expect_balanced(limited, simulated.hardware);
}

TEST_F(an_arena, is_as_large_to_dynamic_usage_as_what_it_was_asked_for) {
  arena used(on_source());
  used.allocate(100);
  used.allocate_aligned(28);
  EXPECT_EQ(dynamic_usage(used), 128u);
}

TEST_F(an_arena, describes_its_pointers) {
  arena used(on_source());
  auto* first = static_cast<std::byte*>(used.allocate(100));
  resource_description shown;
  used.describe(shown);
  EXPECT_EQ(shown.kind, "arena");
  ASSERT_EQ(shown.arenas.size(), 1u);
  EXPECT_EQ(shown.arenas[0], (arena_usage{"", 1, 4096, 100, first + 100, first + 4096}));
}

}  // namespace
}  // namespace nearmem
