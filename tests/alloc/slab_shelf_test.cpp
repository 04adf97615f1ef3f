#include <array>

#include <gtest/gtest.h>

#include <nearmem/accounting/contract.hpp>
#include <nearmem/alloc/slab_shelf.hpp>

#include "tests/alloc/supply_on_machine.hpp"

namespace nearmem {
namespace {

struct a_slab_shelf : testing::Test {
  // A slab of 64 cells, so many of them free.
  slab& with_free(std::uint32_t cells) {
    slab& made = under.make_slab(3);
    EXPECT_EQ(made.cells(), 64u);
    supply_on_machine::use(made, 64 - cells);
    return made;
  }

  supply_on_machine under;
  slab_shelf shelf;
};

TEST_F(a_slab_shelf, offers_the_fullest_first_and_full_ones_never) {
  slab& empty = with_free(64);
  slab& half = with_free(32);
  slab& full = with_free(0);
  slab& nearly = with_free(2);
  for (slab* one : {&empty, &half, &full, &nearly})
    shelf.insert(*one);
  EXPECT_TRUE(shelf.audit());
  EXPECT_EQ(shelf.fullest(), &nearly);
  EXPECT_EQ(shelf.roomiest(), &half);
  EXPECT_EQ(shelf.full(), &full);
  EXPECT_EQ(shelf.empty(), &empty);
  EXPECT_EQ(shelf.empty_slabs(), 1u);
  EXPECT_EQ(shelf.free_cells(), 98u);
  shelf.remove(nearly);
  shelf.remove(half);
  EXPECT_EQ(shelf.fullest(), &empty);
  shelf.remove(empty);
  EXPECT_EQ(shelf.fullest(), nullptr);
  EXPECT_EQ(shelf.free_cells(), 0u);
  EXPECT_TRUE(shelf.audit());
}

TEST_F(a_slab_shelf, moves_slabs_as_cells_come_and_go) {
  slab& one = with_free(64);
  shelf.insert(one);
  std::array<void*, 64> cells{};
  EXPECT_EQ(shelf.take(one, cells.data(), 60), 60u);
  EXPECT_EQ(shelf.empty_slabs(), 0u);
  EXPECT_EQ(shelf.take(one, cells.data() + 60, 60), 4u);
  EXPECT_EQ(shelf.fullest(), nullptr);
  EXPECT_EQ(shelf.full(), &one);
  for (void* cell : cells) {
    shelf.set_free(one, one.index_of(cell));
    ASSERT_TRUE(shelf.audit());
  }
  EXPECT_EQ(shelf.empty(), &one);
  EXPECT_EQ(shelf.free_cells(), 64u);
}

TEST(a_slab_shelf_death, finds_a_cell_that_is_freed_twice) {
  if (build_checks == check_level::fast) GTEST_SKIP() << "fast builds do not look";
  if (build_checks == check_level::fast) GTEST_SKIP() << "fast builds do not look";
  supply_on_machine under;
  slab_shelf shelf;
  slab& one = under.make_slab(3);
  shelf.insert(one);
  EXPECT_DEATH(shelf.set_free(one, 5), "freed twice");
}

}  // namespace
}  // namespace nearmem
