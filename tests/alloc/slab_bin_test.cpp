#include <algorithm>
#include <cstdint>
#include <cstring>
#include <random>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/alloc/slab_bin.hpp>
#include <nearmem/alloc/slab_cutter.hpp>

#include "tests/alloc/simulated_machine.hpp"
#include "tests/support/seed.hpp"

namespace nearmem {
namespace {

struct a_slab_bin : testing::Test {
  resource_options on_source() {
    resource_options options;
    options.pages = &source;
    return options;
  }
  void* take() {
    void* cell = nullptr;
    page_grant why;
    if (!bin.try_pop(cell) && bin.refill(pages, why)) bin.try_pop(cell);
    return cell;
  }
  void give(void* cell) {
    if (bin.try_push(cell)) return;
    bin.spill(pages);
    ASSERT_TRUE(bin.try_push(cell));
  }
  std::vector<void*> take(std::size_t cells) {
    std::vector<void*> out(cells);
    for (void*& cell : out)
      cell = take();
    return out;
  }
  bool audit() {
    std::size_t bytes = 0;
    return bin.audit(pages, bytes) && bytes + pages.metadata() == pages.footprint();
  }
  void TearDown() override { bin.release(pages); }

  simulated_machine simulated;
  page_source source = simulated.make();
  page_account pages{on_source()};
  slab_bin bin;
};

using a_slab_bin_death = a_slab_bin;

TEST_F(a_slab_bin, is_one_cache_line) {
  EXPECT_EQ(sizeof(slab_bin), 64u);
}

TEST_F(a_slab_bin, begins_with_the_smallest_slab_that_holds_eight_cells) {
  EXPECT_EQ(first_slab_bytes(16), 4096u);
  EXPECT_EQ(first_slab_bytes(512), 4096u);
  EXPECT_EQ(first_slab_bytes(1024), 8192u);
  EXPECT_EQ(first_slab_bytes(1152), 12288u);
  EXPECT_EQ(first_slab_bytes(8192), 65536u);
  EXPECT_EQ(first_slab_bytes(32768), 65536u);
  EXPECT_EQ(first_slab_bytes(100'000), 102'400u);
}

TEST_F(a_slab_bin, costs_a_page_of_cells_and_one_of_descriptors_for_ten_objects) {
  bin.configure(112, 16);
  take(10);
  EXPECT_EQ(pages.footprint(), 8192u);
  EXPECT_EQ(pages.metadata(), 4096u);
  EXPECT_EQ(bin.usage().used, 10u);
  EXPECT_TRUE(audit());
}

TEST_F(a_slab_bin, hands_out_every_cell_once_and_aligned) {
  for (const std::size_t alignment : {16u, 64u, 256u}) {
    slab_bin aligned;
    aligned.configure(3 * alignment, alignment);
    std::set<void*> seen;
    page_grant why;
    for (int i = 0; i < 5000; ++i) {
      void* cell = nullptr;
      if (!aligned.try_pop(cell)) {
        ASSERT_TRUE(aligned.refill(pages, why));
        aligned.try_pop(cell);
      }
      ASSERT_EQ(reinterpret_cast<std::uintptr_t>(cell) % alignment, 0u);
      ASSERT_TRUE(seen.insert(cell).second);
    }
    std::size_t bytes = 0;
    EXPECT_TRUE(aligned.audit(pages, bytes));
    aligned.release(pages);
  }
}

TEST_F(a_slab_bin, hands_the_hottest_cell_out_first) {
  bin.configure(64, 64);
  auto cells = take(100);
  give(cells[7]);
  give(cells[50]);
  EXPECT_EQ(take(), cells[50]);
  EXPECT_EQ(take(), cells[7]);
}

TEST_F(a_slab_bin, grows_its_slabs_with_what_it_has_cut) {
  bin.configure(64, 64);
  take(64);
  EXPECT_EQ(bin.usage().slab_bytes, 4096u);
  take(100'000);
  const size_class_usage usage = bin.usage();
  EXPECT_GT(usage.slab_bytes / usage.slabs, 32'768u);
  EXPECT_LE(usage.slab_bytes, 100'064u * 64 + 65'536);
  EXPECT_TRUE(audit());
}

TEST_F(a_slab_bin, spreads_the_first_cells_of_its_slabs_over_the_sets_of_a_cache) {
  bin.configure(1024, 64);
  std::set<std::uintptr_t> offsets;
  for (void* cell : take(6400))
    offsets.insert(reinterpret_cast<std::uintptr_t>(cell) % 1024);
  EXPECT_GE(offsets.size(), 8u);
}

TEST_F(a_slab_bin, gives_slabs_back_as_they_become_empty) {
  bin.configure(64, 64);
  auto cells = take(50'000);
  const std::size_t full = pages.footprint();
  // The older half, as a cache does that evicts by age.
  for (std::size_t i = 0; i < 25'000; ++i)
    give(cells[i]);
  EXPECT_LT(pages.footprint(), full - 25'000u * 64 * 9 / 10);
  for (std::size_t i = 25'000; i < 50'000; ++i)
    give(cells[i]);
  EXPECT_LE(pages.footprint(), 160u * 1024);
  EXPECT_EQ(bin.usage().used, 0u);
  EXPECT_TRUE(audit());
}

TEST_F(a_slab_bin, lets_few_slabs_be_pinned_by_the_array_whatever_the_order) {
  std::mt19937_64 random(test_seed());
  bin.configure(64, 64);
  auto cells = take(100'000);
  std::shuffle(cells.begin(), cells.end(), random);
  for (void* cell : cells)
    give(cell);
  EXPECT_LE(pages.footprint(), 18u * 65'536);
  EXPECT_GT(bin.trim(pages), 0u);
  EXPECT_EQ(pages.footprint(), 0u);
}

TEST_F(a_slab_bin, keeps_the_slabs_of_a_tide_that_came_back_twice) {
  bin.configure(64, 64);
  std::size_t purged_after_three = 0;
  for (int wave = 0; wave < 6; ++wave) {
    auto cells = take(20'000);
    for (void* cell : cells)
      give(cell);
    if (wave == 3) purged_after_three = simulated.kernel.calls(kernel_call::purge);
  }
  EXPECT_LE(simulated.kernel.calls(kernel_call::purge), purged_after_three + 3);
  bin.trim(pages);
  EXPECT_EQ(pages.footprint(), 0u);
}

TEST_F(a_slab_bin, holds_nothing_after_a_trim_when_nothing_is_in_use) {
  bin.configure(48, 16);
  auto cells = take(3);
  EXPECT_EQ(bin.trim(pages), 0u);
  for (void* cell : cells)
    give(cell);
  EXPECT_EQ(bin.trim(pages), 8192u);
  EXPECT_EQ(pages.footprint(), 0u);
  EXPECT_EQ(bin.usage(), (size_class_usage{.cell_bytes = 48}));
  EXPECT_TRUE(audit());
}

TEST_F(a_slab_bin, releases_cells_that_are_in_use) {
  bin.configure(48, 16);
  take(10'000);
  bin.release(pages);
  EXPECT_EQ(pages.footprint(), 0u);
  EXPECT_NE(take(), nullptr);
  EXPECT_TRUE(audit());
}

TEST_F(a_slab_bin, cuts_huge_pages_into_as_many_cells_as_they_hold) {
  resource_options options = on_source();
  options.huge_pages = true;
  page_account huge(options);
  slab_bin of_huge;
  of_huge.configure(64, 64);
  page_grant why;
  ASSERT_TRUE(of_huge.refill(huge, why));
  EXPECT_GE(of_huge.usage().cells, (page_source::chunk_bytes - 4096) / 64);
  std::size_t bytes = 0;
  EXPECT_TRUE(of_huge.audit(huge, bytes));
  of_huge.release(huge);
}

TEST_F(a_slab_bin_death, is_told_of_cells_that_are_not_in_use) {
  bin.configure(64, 64);
  auto cells = take(1000);
  int foreign = 0;
  EXPECT_DEATH(bin.expect_live(pages, &foreign), "not of this resource");
  EXPECT_DEATH(bin.expect_live(pages, nullptr), "not of this resource");
  EXPECT_DEATH(bin.expect_live(pages, static_cast<char*>(cells[0]) + 8), "inside a cell");
  give(cells[5]);
  EXPECT_DEATH(bin.expect_live(pages, cells[5]), "freed twice");
  for (std::size_t i = 6; i < 1000; ++i)
    give(cells[i]);
  EXPECT_DEATH(bin.expect_live(pages, cells[5]), "freed twice");
  bin.expect_live(pages, cells[0]);
  slab_bin other;
  other.configure(64, 64);
  EXPECT_DEATH(other.expect_live(pages, cells[0]), "another size");
}

}  // namespace
}  // namespace nearmem
