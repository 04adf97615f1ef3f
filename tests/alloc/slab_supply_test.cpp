#include <cerrno>

#include <gtest/gtest.h>

#include <nearmem/alloc/slab_supply.hpp>

#include "tests/alloc/supply_on_machine.hpp"

namespace nearmem {
namespace {

TEST(slab_supply, takes_nothing_until_it_is_asked) {
  supply_on_machine under;
  EXPECT_EQ(under.shared.supply.account().footprint(), 0u);
  EXPECT_EQ(under.shared.supply.locks_taken(), 0u);
}

TEST(slab_supply, counts_slabs_by_class) {
  supply_on_machine under;
  slab_supply& supply = under.shared.supply;
  slab& one = under.make_slab(3);
  slab& two = under.make_slab(3);
  EXPECT_TRUE(one.claim().is_held_by(1));
  EXPECT_EQ(one.class_number(), 3u);
  EXPECT_EQ(supply.counts(3).slabs.get(), 2u);
  EXPECT_EQ(supply.counts(3).cells.get(), one.cells() + two.cells());
  EXPECT_EQ(supply.counts(3).slab_bytes.get(), one.run().bytes + two.run().bytes);
  EXPECT_EQ(supply.counts(4).slabs.get(), 0u);
  EXPECT_EQ(supply.owner(run_use::slab, one.first_cell()), &one);
  EXPECT_EQ(supply.owner(run_use::large_block, one.first_cell()), nullptr);
  under.drop(one);
  EXPECT_EQ(supply.counts(3).slabs.get(), 1u);
  under.drop(two);
  EXPECT_EQ(supply.counts(3).cells.get(), 0u);
  EXPECT_EQ(supply.counts(3).slab_bytes.get(), 0u);
}

TEST(slab_supply, counts_shelves_by_class) {
  supply_on_machine under;
  slab_supply& supply = under.shared.supply;
  page_grant why;
  slab_shelf* const one = supply.make_shelf(3, why);
  slab_shelf* const other = supply.make_shelf(3, why);
  ASSERT_NE(other, nullptr);
  EXPECT_EQ(supply.counts(3).shelves.get(), 2u);
  EXPECT_EQ(supply.counts(4).shelves.get(), 0u);
  supply.drop_shelf(3, other);
  supply.drop_shelf(3, one);
  EXPECT_EQ(supply.counts(3).shelves.get(), 0u);
}

TEST(slab_supply, makes_slabs_as_large_as_the_heap_and_the_class_make_use_of) {
  supply_on_machine under;
  slab_supply& supply = under.shared.supply;
  page_grant why;
  for (int i = 0; i < 300; ++i)
    under.make_slab(3);
  std::uint32_t colour = 0;
  slab* const idle = supply.make_slab({0, 3}, 1, 0, colour, why);
  slab* const busy = supply.make_slab({0, 3}, 1, 100'000, colour, why);
  EXPECT_EQ(idle->run().bytes, 4096u);
  EXPECT_EQ(busy->run().bytes, 65'536u);
}

TEST(slab_supply, takes_everything_back) {
  supply_on_machine under;
  slab_supply& supply = under.shared.supply;
  page_grant why;
  for (int i = 0; i < 40; ++i)
    supply_on_machine::use(under.make_slab(3), 10);
  ASSERT_NE(supply.allocate_large(100'000, 8, why), nullptr);
  EXPECT_EQ(supply.large().blocks(), 1u);
  supply.release();
  EXPECT_EQ(supply.large().blocks(), 0u);
  EXPECT_EQ(supply.counts(3).slabs.get(), 0u);
  under.shared.depots.clear();
  EXPECT_EQ(supply.account().footprint(), 0u);
}

TEST(slab_supply, says_why_it_has_none) {
  supply_on_machine under(1);
  slab_supply& supply = under.shared.supply;
  page_grant why;
  under.simulated.kernel.fail(kernel_call::populate, 0, ENOMEM);
  std::uint32_t colour = 0;
  EXPECT_EQ(supply.make_slab({0, 3}, 1, 0, colour, why), nullptr);
  EXPECT_EQ(why.failure, page_failure::memory);
  EXPECT_EQ(supply.counts(3).slabs.get(), 0u);
}

}  // namespace
}  // namespace nearmem
