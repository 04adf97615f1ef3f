#include <cstring>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/alloc/arena.hpp>
#include <nearmem/alloc/arena_resource.hpp>
#include <nearmem/alloc/residency.hpp>
#include <nearmem/alloc/slab_cache.hpp>
#include <nearmem/alloc/unsynchronized_slab_resource.hpp>

#include "tests/alloc/simulated_machine.hpp"

namespace nearmem {
namespace {

constexpr node_id home{3};
constexpr node_id elsewhere{6};

// Fills `keeper` by take(), moves all of it away, and has it brought home.
template <class Keeper, class Take>
void expect_brought_home(simulated_machine& simulated, page_source& source, Keeper& keeper,
                         Take take) {
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
  EXPECT_EQ(keeper.audit_residency({.stride = 5}).total().pages, (pages + 4) / 5);

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

}  // namespace
}  // namespace nearmem
