#include <atomic>
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
#include <nearmem/alloc/unsynchronized_slab_resource.hpp>

#include "tests/alloc/books.hpp"
#include "tests/alloc/simulated_machine.hpp"

namespace nearmem {
namespace {

struct an_unsynchronized_slab_resource : testing::Test {
  resource_options on_source() {
    resource_options options;
    options.pages = &source;
    return options;
  }

  simulated_machine simulated;
  page_source source = simulated.make();
  unsynchronized_slab_resource resource{on_source()};
};

TEST_F(an_unsynchronized_slab_resource, takes_nothing_until_it_is_asked) {
  EXPECT_EQ(resource.usage(), resource_usage());
  EXPECT_EQ(source.own_usage().committed, source.own_usage().footprint);
  expect_balanced(resource, simulated.hardware);
}

TEST_F(an_unsynchronized_slab_resource, is_a_few_kib_itself) {
  EXPECT_LE(sizeof(unsynchronized_slab_resource), 6u * 1024);
}

TEST_F(an_unsynchronized_slab_resource, works_on_the_pages_of_the_process) {
  unsynchronized_slab_resource real;
  std::pmr::vector<std::pmr::string> names(&real);
  for (int i = 0; i < 1000; ++i) {
    names.emplace_back("a name that is longer than what a string holds by itself");
  }
  EXPECT_EQ(recursive_dynamic_usage(names), real.usage().charged);
  EXPECT_TRUE(real.audit());
}

TEST_F(an_unsynchronized_slab_resource, is_equal_to_itself_alone) {
  unsynchronized_slab_resource other(on_source());
  EXPECT_TRUE(resource.is_equal(resource));
  EXPECT_FALSE(resource.is_equal(other));
}

TEST_F(an_unsynchronized_slab_resource, serves_every_size_and_alignment_at_its_charge) {
  std::size_t charged = 0;
  std::size_t blocks = 0;
  for (std::size_t alignment = 1; alignment <= page_source::chunk_bytes; alignment *= 4) {
    for (std::size_t bytes = 0; bytes < 200'000; bytes = bytes * 5 / 4 + 1) {
      auto* block = static_cast<unsigned char*>(resource.allocate(bytes, alignment));
      ASSERT_EQ(reinterpret_cast<std::uintptr_t>(block) % alignment, 0u);
      for (std::size_t i = 0; i < bytes; i += 4096)
        block[i] = 0xff;
      if (bytes > 0) block[bytes - 1] = 0xff;
      charged += resource.charge_for(bytes, alignment);
      ++blocks;
      ASSERT_GE(resource.charge_for(bytes, alignment), bytes);
      ASSERT_EQ(resource.usage().charged, charged);
      ASSERT_EQ(resource.usage().blocks, blocks);
    }
  }
  expect_balanced(resource, simulated.hardware);
  resource.release();
  EXPECT_EQ(resource.footprint(), 0u);
}

TEST_F(an_unsynchronized_slab_resource, charges_the_same_on_every_machine) {
  EXPECT_EQ(resource.charge_for(1, 1), 16u);
  EXPECT_EQ(resource.charge_for(100, 8), 112u);
  EXPECT_EQ(resource.charge_for(100, 64), 128u);
  EXPECT_EQ(resource.charge_for(365, 8), 384u);
  EXPECT_EQ(resource.charge_for(32'768, 8), 32'768u);
  EXPECT_EQ(resource.charge_for(32'769, 8), 36'864u);
  EXPECT_EQ(resource.charge_for(64, 4096), 4096u);
  EXPECT_EQ(resource.charge_for(64, 128), 128u);
}

TEST_F(an_unsynchronized_slab_resource, spreads_cells_when_it_is_asked_to) {
  resource_options options = on_source();
  options.cell_alignment = 64;
  unsynchronized_slab_resource spread(options);
  EXPECT_EQ(spread.charge_for(1, 1), 64u);
  EXPECT_EQ(spread.charge_for(100, 8), 128u);
  for (std::size_t bytes = 1; bytes < 5000; bytes += 37) {
    ASSERT_EQ(reinterpret_cast<std::uintptr_t>(spread.allocate(bytes, 1)) % 64, 0u);
  }
  expect_balanced(spread, simulated.hardware);
}

TEST_F(an_unsynchronized_slab_resource, refuses_what_no_address_space_holds) {
  const std::size_t most = std::numeric_limits<std::size_t>::max();
  for (const std::size_t bytes : {most, most - 4096, most / 2, most / 4}) {
    for (const std::size_t alignment : {1u, 64u, 128u, 4096u}) {
      EXPECT_THROW(static_cast<void>(resource.allocate(bytes, alignment)), std::bad_alloc);
    }
  }
  EXPECT_THROW(static_cast<void>(resource.allocate(1, 4 * mebibyte)), std::bad_alloc);
  EXPECT_EQ(resource.footprint(), 0u);
}

TEST_F(an_unsynchronized_slab_resource, charges_containers_to_the_byte_at_every_step) {
  std::pmr::unordered_map<std::uint64_t, std::pmr::string> coins(&resource);
  std::pmr::map<int, std::pmr::vector<int>> index(&resource);
  for (std::uint64_t i = 0; i < 3000; ++i) {
    coins.try_emplace(i * 7919, std::string(i % 150, 'x'));
    index[static_cast<int>(i % 500)].push_back(3);
    if (i % 3 == 0) coins.erase(i / 2 * 7919);
    ASSERT_EQ(recursive_dynamic_usage(coins) + recursive_dynamic_usage(index),
              resource.usage().charged);
  }
  expect_balanced(resource, simulated.hardware);
}

TEST_F(an_unsynchronized_slab_resource, is_empty_again_when_all_is_given_back_and_trimmed) {
  {
    std::pmr::unordered_map<int, int> map(&resource);
    for (int i = 0; i < 20'000; ++i)
      map[i] = i;
    EXPECT_GT(resource.footprint(), 500'000u);
  }
  EXPECT_EQ(resource.usage().charged, 0u);
  EXPECT_LE(resource.footprint(), 300'000u);
  EXPECT_GT(resource.trim(), 0u);
  EXPECT_EQ(resource.footprint(), 0u);
  EXPECT_EQ(simulated.kernel.resident_bytes(), source.own_usage().footprint);
}

TEST_F(an_unsynchronized_slab_resource, stays_within_its_budget_and_gives_back_before_it_gives_up) {
  budget limit("slab resource test", 256 * 1024);
  resource_options options = on_source();
  options.budget = &limit;
  unsynchronized_slab_resource limited(options);
  std::vector<void*> blocks;
  for (int i = 0; i < 1500; ++i)
    blocks.push_back(limited.allocate(100, 8));
  for (void* block : blocks)
    limited.deallocate(block, 100, 8);
  // What is free of one class serves another.
  EXPECT_NE(limited.allocate(200'000, 8), nullptr);
  EXPECT_THROW(static_cast<void>(limited.allocate(100'000, 8)), budget_exceeded);
  EXPECT_LE(limit.used(), 256u * 1024);
  EXPECT_EQ(limit.used(), limited.footprint());
  expect_balanced(limited, simulated.hardware);
}

TEST_F(an_unsynchronized_slab_resource, describes_the_classes_it_has_cut) {
  static_cast<void>(resource.allocate(100, 8));
  static_cast<void>(resource.allocate(1000, 8));
  resource_description shown;
  resource.describe(shown);
  EXPECT_EQ(shown.kind, "slab");
  ASSERT_EQ(shown.size_classes.size(), 2u);
  EXPECT_EQ(shown.size_classes[0], (size_class_usage{112, 36, 1, 35, 1, 4096}));
  EXPECT_EQ(shown.size_classes[1].cell_bytes, 1024u);
}

TEST_F(an_unsynchronized_slab_resource, is_read_by_other_threads_while_it_works) {
  std::atomic<bool> stop{false};
  std::thread reader([&] {
    while (!stop.load()) {
      const resource_usage usage = resource.usage();
      EXPECT_LE(usage.blocks, 4000u);
      EXPECT_LE(usage.charged, 4000u * 128);
      EXPECT_GE(resource.usage().peak_footprint, usage.peak_footprint);
      resource_description shown;
      resource.describe(shown);
    }
  });
  std::vector<void*> blocks;
  for (int round = 0; round < 20; ++round) {
    for (int i = 0; i < 4000; ++i)
      blocks.push_back(resource.allocate(128, 8));
    for (void* block : blocks)
      resource.deallocate(block, 128, 8);
    blocks.clear();
    resource.trim();
  }
  stop.store(true);
  reader.join();
}

}  // namespace
}  // namespace nearmem
