#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/accounting/budget.hpp>
#include <nearmem/accounting/dynamic_usage.hpp>
#include <nearmem/alloc/slab_cache.hpp>

#include "tests/alloc/books.hpp"
#include "tests/alloc/freed_cells.hpp"
#include "tests/alloc/simulated_machine.hpp"

namespace nearmem {
namespace {

struct entry {
  static inline int alive = 0;
  explicit entry(std::string given) : name(std::move(given)) {
    if (name == "refused") throw std::runtime_error("refused");
    ++alive;
  }
  ~entry() { --alive; }

  std::string name;
};

struct a_slab_cache : testing::Test {
  resource_options on_source() {
    resource_options options;
    options.pages = &source;
    return options;
  }

  simulated_machine simulated;
  page_source source = simulated.make();
};

using a_slab_cache_death = a_slab_cache;

TEST_F(a_slab_cache, takes_nothing_until_it_is_asked) {
  slab_cache<entry> empty(on_source());
  EXPECT_EQ(empty.usage(), resource_usage());
  expect_balanced(empty, simulated.hardware);
}

TEST_F(a_slab_cache, makes_and_destroys_objects) {
  slab_cache<entry> cache(on_source());
  std::vector<entry*> entries;
  for (int i = 0; i < 1000; ++i)
    entries.push_back(cache.new_object(std::to_string(i)));
  EXPECT_EQ(entry::alive, 1000);
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(entries[static_cast<std::size_t>(i)]->name, std::to_string(i));
  }
  EXPECT_EQ(cache.usage().blocks, 1000u);
  EXPECT_EQ(cache.usage().charged, 1000 * cache.charge_per_object());
  EXPECT_EQ(dynamic_usage(cache), cache.usage().charged);
  expect_balanced(cache, simulated.hardware);
  for (entry* each : entries)
    cache.delete_object(each);
  cache.delete_object(nullptr);
  EXPECT_EQ(entry::alive, 0);
  EXPECT_EQ(cache.usage().charged, 0u);
  cache.trim();
  EXPECT_EQ(cache.usage().footprint, 0u);
}

TEST_F(a_slab_cache, takes_the_cell_back_when_a_constructor_throws) {
  slab_cache<entry> cache(on_source());
  EXPECT_THROW(static_cast<void>(cache.new_object("refused")), std::runtime_error);
  EXPECT_EQ(cache.usage().blocks, 0u);
  expect_balanced(cache, simulated.hardware);
}

TEST_F(a_slab_cache, begins_cells_at_cache_lines_unless_packed) {
  slab_cache<std::array<char, 40>> lines(on_source());
  EXPECT_EQ(lines.charge_per_object(), 64u);
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(lines.allocate()) % 64, 0u);
  }
  resource_options options = on_source();
  options.cell_alignment = 1;
  slab_cache<std::array<char, 41>> packed(options);
  EXPECT_EQ(packed.charge_per_object(), 41u);
  auto* first = static_cast<std::byte*>(packed.allocate());
  EXPECT_EQ(packed.allocate(), first + 41);
  slab_cache<std::uint64_t> numbers(options);
  EXPECT_EQ(numbers.charge_per_object(), 8u);
  expect_balanced(packed, simulated.hardware);
}

TEST_F(a_slab_cache, holds_types_of_any_size_and_alignment) {
  struct alignas(4096) aligned {
    char bytes[100];
  };
  slab_cache<aligned> pages_each(on_source());
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(pages_each.allocate()) % 4096, 0u);
  }
  expect_balanced(pages_each, simulated.hardware);
  struct huge {
    char bytes[200'000];
  };
  slab_cache<huge> large(on_source());
  EXPECT_NE(large.allocate(), large.allocate());
  expect_balanced(large, simulated.hardware);
}

TEST_F(a_slab_cache, gives_back_what_is_free_before_it_is_refused) {
  budget limit("slab cache test", 64 * 1024);
  resource_options options = on_source();
  options.budget = &limit;
  slab_cache<std::array<char, 1000>> cache(options);
  std::vector<void*> cells;
  EXPECT_THROW(while (true) cells.push_back(cache.allocate()), std::bad_alloc);
  EXPECT_GE(cells.size(), 40u);
  EXPECT_LE(limit.used(), 64u * 1024);
  expect_balanced(cache, simulated.hardware);
  for (void* cell : cells)
    cache.deallocate(cell);
  EXPECT_NE(cache.allocate(), nullptr);
}

TEST_F(a_slab_cache, describes_its_cells) {
  slab_cache<std::array<char, 64>> cache(on_source());
  static_cast<void>(cache.allocate());
  resource_description shown;
  cache.describe(shown);
  ASSERT_EQ(shown.size_classes.size(), 1u);
  EXPECT_EQ(shown.size_classes[0], (size_class_usage{64, 64, 1, 63, 1, 4096}));
}

TEST_F(a_slab_cache_death, checks_what_its_type_says_whatever_the_build) {
  slab_cache<std::array<char, 64>, check_level::checked> checked(on_source());
  void* cell = checked.allocate();
  checked.deallocate(cell);
  EXPECT_DEATH(checked.deallocate(cell), "freed twice");
  int foreign = 0;
  EXPECT_DEATH(checked.deallocate(&foreign), "not of this resource");
  slab_cache<std::array<char, 64>, check_level::hardened> hardened(on_source());
  expect_overwrites_what_is_freed(hardened);
}

}  // namespace
}  // namespace nearmem
