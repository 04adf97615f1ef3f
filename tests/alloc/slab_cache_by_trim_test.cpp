#include <array>
#include <cstddef>
#include <cstdint>
#include <new>
#include <set>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/accounting/budget.hpp>
#include <nearmem/accounting/budget_exceeded.hpp>
#include <nearmem/accounting/dynamic_usage.hpp>
#include <nearmem/alloc/slab_cache.hpp>

#include "tests/alloc/books.hpp"
#include "tests/alloc/freed_cells.hpp"
#include "tests/alloc/simulated_machine.hpp"

namespace nearmem {
namespace {

template <std::size_t Bytes, check_level Checks = build_checks>
using cache_by_trim = slab_cache<std::array<std::byte, Bytes>, Checks, slab_return::by_trim>;

struct a_slab_cache_by_trim : testing::Test {
  resource_options on_source() {
    resource_options options;
    options.pages = &source;
    return options;
  }
  template <class Cache>
  static std::vector<void*> take(Cache& cache, std::size_t cells) {
    std::vector<void*> out(cells);
    for (void*& cell : out)
      cell = cache.allocate();
    return out;
  }

  simulated_machine simulated;
  page_source source = simulated.make();
};

using a_slab_cache_by_trim_death = a_slab_cache_by_trim;

TEST_F(a_slab_cache_by_trim, takes_nothing_until_it_is_asked) {
  cache_by_trim<64> empty(on_source());
  EXPECT_EQ(empty.usage(), resource_usage());
  EXPECT_EQ(empty.trim(), 0u);
  expect_balanced(empty, simulated.hardware);
}

TEST_F(a_slab_cache_by_trim, hands_out_every_cell_once_and_aligned) {
  cache_by_trim<64> cache(on_source());
  std::set<void*> seen;
  for (void* cell : take(cache, 5000)) {
    ASSERT_EQ(reinterpret_cast<std::uintptr_t>(cell) % 64, 0u);
    ASSERT_TRUE(seen.insert(cell).second);
  }
  EXPECT_EQ(cache.usage().blocks, 5000u);
  EXPECT_EQ(cache.usage().charged, 5000u * 64);
  EXPECT_EQ(dynamic_usage(cache), cache.usage().charged);
  expect_balanced(cache, simulated.hardware);
}

TEST_F(a_slab_cache_by_trim, keeps_every_slab_until_a_trim_and_asks_the_system_nothing) {
  cache_by_trim<64> cache(on_source());
  auto cells = take(cache, 50'000);
  const std::size_t full = cache.usage().footprint;
  const std::size_t purges = simulated.kernel.calls(kernel_call::purge);
  for (void* cell : cells)
    cache.deallocate(cell);
  EXPECT_EQ(cache.usage().footprint, full);
  EXPECT_EQ(cache.usage().blocks, 0u);
  EXPECT_EQ(simulated.kernel.calls(kernel_call::purge), purges);
  expect_balanced(cache, simulated.hardware);
  // The same cells serve again.
  EXPECT_EQ(take(cache, 50'000).size(), 50'000u);
  EXPECT_EQ(cache.usage().footprint, full);
  cache.release();
  EXPECT_EQ(cache.usage().footprint, 0u);
}

TEST_F(a_slab_cache_by_trim, gives_what_is_free_back_at_a_trim) {
  cache_by_trim<64> cache(on_source());
  auto cells = take(cache, 50'000);
  const std::size_t full = cache.usage().footprint;
  for (std::size_t i = 0; i < 25'000; ++i)
    cache.deallocate(cells[i]);
  const std::size_t back = cache.trim();
  EXPECT_GT(back, 25'000u * 64 * 9 / 10);
  EXPECT_EQ(cache.usage().footprint, full - back);
  EXPECT_EQ(cache.usage().blocks, 25'000u);
  expect_balanced(cache, simulated.hardware);
  for (std::size_t i = 25'000; i < 50'000; ++i)
    cache.deallocate(cells[i]);
  EXPECT_EQ(cache.trim(), full - back);
  EXPECT_EQ(cache.usage().footprint, 0u);
  EXPECT_NE(cache.allocate(), nullptr);
  expect_balanced(cache, simulated.hardware);
}

TEST_F(a_slab_cache_by_trim, uses_what_is_free_before_it_is_refused_and_after) {
  budget limit("slab cache test", 64 * 1024);
  resource_options options = on_source();
  options.budget = &limit;
  cache_by_trim<1000> cache(options);
  std::vector<void*> cells;
  for (int round = 0; round < 3; ++round) {
    EXPECT_THROW(while (true) cells.push_back(cache.allocate()), budget_exceeded);
    EXPECT_THROW(static_cast<void>(cache.allocate()), budget_exceeded);
    EXPECT_GE(cells.size(), 40u);
    EXPECT_EQ(cache.usage().blocks, cells.size());
    EXPECT_LE(limit.used(), 64u * 1024);
    expect_balanced(cache, simulated.hardware);
    for (void* cell : cells)
      cache.deallocate(cell);
    cells.clear();
  }
  cache.trim();
  EXPECT_EQ(limit.used(), 0u);
}

TEST_F(a_slab_cache_by_trim, holds_cells_of_any_size) {
  cache_by_trim<1> small(on_source());
  for (void* cell : take(small, 1000))
    small.deallocate(cell);
  expect_balanced(small, simulated.hardware);
  cache_by_trim<200'000> large(on_source());
  const auto cells = take(large, 200);
  expect_balanced(large, simulated.hardware);
  for (void* cell : cells)
    large.deallocate(cell);
  large.trim();
  EXPECT_EQ(large.usage().footprint, 0u);
}

TEST_F(a_slab_cache_by_trim, counts_each_object_as_it_comes_and_goes_for_any_thread) {
  cache_by_trim<64> cache(on_source());
  std::vector<void*> cells;
  while (cells.size() < 1000) {
    cells.push_back(cache.allocate());
    ASSERT_EQ(cache.usage().blocks, cells.size());
  }
  resource_usage seen;
  resource_description shown;
  std::thread([&] {
    seen = cache.usage();
    cache.describe(shown);
  }).join();
  EXPECT_EQ(seen, cache.usage());
  EXPECT_EQ(shown.size_classes.at(0).used, 1000u);
  for (; !cells.empty(); cells.pop_back()) {
    cache.deallocate(cells.back());
    ASSERT_EQ(cache.usage().blocks, cells.size() - 1);
  }
}

TEST_F(a_slab_cache_by_trim_death, checks_what_its_type_says_whatever_the_build) {
  cache_by_trim<64, check_level::checked> checked(on_source());
  auto cells = take(checked, 300);
  EXPECT_DEATH(checked.deallocate(static_cast<std::byte*>(cells[0]) + 8), "inside a cell");
  int foreign = 0;
  EXPECT_DEATH(checked.deallocate(&foreign), "not of this resource");
  cache_by_trim<64, check_level::checked> other(on_source());
  static_cast<void>(other.allocate());
  EXPECT_DEATH(other.deallocate(cells[0]), "not of this resource");
  // Freed twice while it rests in the array, and when it is a bit in its slab.
  checked.deallocate(cells[0]);
  EXPECT_DEATH(checked.deallocate(cells[0]), "freed twice");
  for (std::size_t i = 1; i < 200; ++i)
    checked.deallocate(cells[i]);
  EXPECT_DEATH(checked.deallocate(cells[0]), "freed twice");
  cache_by_trim<64, check_level::hardened> hardened(on_source());
  expect_overwrites_what_is_freed(hardened);
}

}  // namespace
}  // namespace nearmem
