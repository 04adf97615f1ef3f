#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/alloc/arena.hpp>
#include <nearmem/alloc/arena_pool.hpp>
#include <nearmem/alloc/arena_resource.hpp>
#include <nearmem/alloc/concurrent_arena.hpp>
#include <nearmem/alloc/residency.hpp>
#include <nearmem/alloc/slab_cache.hpp>
#include <nearmem/alloc/synchronized_slab_resource.hpp>
#include <nearmem/alloc/unsynchronized_slab_resource.hpp>
#include <nearmem/topology/procfs.hpp>

#include "tests/alloc/simulated_machine.hpp"

namespace nearmem {
namespace {

constexpr node_id home{3};
constexpr node_id elsewhere{6};

// Fills `keeper` by take(), moves all of it away, and has it brought home. Pages are sampled anew
// in each of its accounts.
template <class Keeper, class Take>
void expect_brought_home(simulated_machine& simulated, page_source& source, Keeper& keeper,
                         Take take, std::size_t accounts = 1) {
  std::vector<unsigned char*> blocks;
  for (int i = 0; i < 1000; ++i) {
    blocks.push_back(static_cast<unsigned char*>(take()));
    *blocks.back() = static_cast<unsigned char>(i);
  }
  const std::size_t pages = keeper.usage().footprint / source.page_bytes();
  EXPECT_EQ(keeper.audit_residency().total().pages, pages);
  EXPECT_EQ(keeper.audit_residency().total().misplaced, 0U);

  for (const address_range& range : source.ranges()) {
    simulated.kernel.migrate(static_cast<const std::byte*>(range.begin), range.bytes, elsewhere);
  }
  EXPECT_EQ(keeper.audit_residency().total().misplaced, pages);
  EXPECT_EQ(keeper.usage(home).misplaced, keeper.usage().footprint);
  const std::size_t sampled = keeper.audit_residency({.stride = 5}).total().pages;
  EXPECT_GE(sampled, (pages + 4) / 5);
  EXPECT_LT(sampled, (pages + 4) / 5 + accounts);

  const residency_repair repair = keeper.repair_residency();
  EXPECT_EQ(repair.moved, pages);
  EXPECT_EQ(repair.left, 0U);
  EXPECT_EQ(keeper.usage(home).misplaced, 0U);
  EXPECT_TRUE(keeper.audit());
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    EXPECT_EQ(*blocks[i], static_cast<unsigned char>(i));
  }
}

class residency_of_resources : public testing::Test {
 protected:
  simulated_machine simulated;
  page_source source = simulated.make();
  const resource_options options{.where = placement::preferred(home), .pages = &source};
};

TEST_F(residency_of_resources, brings_an_arena_home) {
  arena keeper(options);
  expect_brought_home(simulated, source, keeper, [&] { return keeper.allocate(300); });
}

TEST_F(residency_of_resources, brings_an_arena_resource_home) {
  arena_resource keeper(options);
  expect_brought_home(simulated, source, keeper, [&] { return keeper.allocate(300); });
}

TEST_F(residency_of_resources, brings_a_slab_cache_home) {
  slab_cache<long> keeper(options);
  expect_brought_home(simulated, source, keeper,
                      [&] { return static_cast<void*>(keeper.new_object(0L)); });
}

TEST_F(residency_of_resources, brings_a_slab_resource_home_large_blocks_too) {
  unsynchronized_slab_resource keeper(options);
  std::size_t bytes = 1;
  expect_brought_home(simulated, source, keeper, [&] {
    bytes = bytes * 7 % 65537;
    return keeper.allocate(bytes + 1);
  });
}

TEST_F(residency_of_resources, brings_a_synchronized_slab_resource_home) {
  synchronized_slab_resource keeper(options);
  expect_brought_home(simulated, source, keeper, [&] { return keeper.allocate(300); });
}

TEST_F(residency_of_resources, brings_every_shard_of_a_concurrent_arena_home) {
  concurrent_arena keeper(options);
  int taken = 0;
  const auto take = [&] {
    void* data = nullptr;
    if (++taken % 100 != 0) return keeper.allocate(300);
    std::thread([&] { data = keeper.allocate(300); }).join();
    return data;
  };
  expect_brought_home(simulated, source, keeper, take, 3);
  EXPECT_EQ(keeper.shards(), 2U);
}

TEST_F(residency_of_resources, brings_every_arena_of_a_pool_home) {
  arena_pool keeper(options);
  arena_lease one = keeper.lease();
  arena_lease other = keeper.lease();
  bool turn = false;
  const auto take = [&] {
    turn = !turn;
    return turn ? one->allocate(300) : other->allocate(300);
  };
  expect_brought_home(simulated, source, keeper, take, 3);
}

// On the real machine: a simulated kernel has no huge pages to find.
TEST(huge_pages, cover_what_asked_for_them_and_are_measured) {
  const std::string mode = huge_page_mode();
  if (mode != "always" && mode != "madvise") {
    GTEST_SKIP() << "transparent huge pages are off here: " << (mode.empty() ? "unknown" : mode);
  }
  resource_options wanted;
  wanted.huge_pages = true;
  arena keeper{arena_options(wanted)};
  std::memset(keeper.allocate(8 * mebibyte), 1, 8 * mebibyte);
  unsynchronized_slab_resource slabs(wanted);
  std::memset(slabs.allocate(64, 8), 1, 64);
  for (const residency_report& report : {keeper.audit_residency(), slabs.audit_residency()}) {
    if (!report.huge_pages) GTEST_SKIP() << "smaps cannot be read here";
    EXPECT_EQ(report.huge_pages->bytes, report.total().pages * report.page_bytes);
    EXPECT_LE(report.huge_pages->in_huge_pages, report.huge_pages->bytes);
    if (report.huge_pages->in_huge_pages == 0) {
      GTEST_SKIP() << "the kernel has no huge page to give now";
    }
    EXPECT_EQ(report.huge_pages->in_huge_pages % (2 * mebibyte), 0u);
  }
  slabs.release();
}

TEST(huge_pages, are_not_measured_where_nobody_asked) {
  arena keeper;
  keeper.allocate(1);
  EXPECT_FALSE(keeper.audit_residency().huge_pages.has_value());
}

}  // namespace
}  // namespace nearmem
