#include <gtest/gtest.h>

#include <nearmem/alloc/slab_depots.hpp>

#include "tests/alloc/supply_on_machine.hpp"

namespace nearmem {
namespace {

TEST(slab_depots, are_made_when_they_are_needed) {
  supply_on_machine under;
  slab_depots& depots = under.shared.depots;
  page_grant why;
  EXPECT_EQ(under.shared.supply.account().footprint(), 0u);
  const std::size_t place = depots.place_of(node_id{5});
  EXPECT_EQ(depots.find(place), nullptr);
  ASSERT_TRUE(depots.prepare(place, why));
  slab_depot* const made = depots.find(place);
  ASSERT_NE(made, nullptr);
  ASSERT_TRUE(depots.prepare(place, why));
  EXPECT_EQ(depots.find(place), made);
  EXPECT_EQ(depots.find(depots.homeless_place()), nullptr);
  int count = 0;
  depots.for_each([&](slab_depot& one) {
    EXPECT_EQ(&one, made);
    ++count;
  });
  EXPECT_EQ(count, 1);
  depots.clear();
  EXPECT_EQ(under.shared.supply.account().footprint(), 0u);
}

TEST(slab_depots, know_where_a_slab_belongs) {
  supply_on_machine under;
  slab_depots& depots = under.shared.depots;
  const this_thread::assumed_node here(node_id{6});
  slab& one = under.make_slab(3);
  EXPECT_EQ(depots.place_of(one.run().data), depots.place_of(node_id{6}));
  page_grant why;
  ASSERT_TRUE(depots.prepare(depots.place_of(node_id{6}), why));
  EXPECT_EQ(&depots.of(one), depots.find(depots.place_of(node_id{6})));
  EXPECT_EQ(depots.place_of(node_id{77}), depots.homeless_place());
}

TEST(slab_depots, give_back_what_is_more_than_enough) {
  supply_on_machine under;
  slab_depots& depots = under.shared.depots;
  for (int i = 0; i < 10; ++i) {
    slab& one = under.make_slab(3);
    depots.of(one).put(one);
  }
  depots.give_back(3 * 4096);
  EXPECT_EQ(under.shared.supply.counts(3).slabs.get(), 3u);
  depots.give_back(0);
  EXPECT_EQ(under.shared.supply.counts(3).slabs.get(), 0u);
}

TEST(slab_depots, are_not_made_without_memory) {
  supply_on_machine under(1);
  page_grant why;
  under.simulated.kernel.set_node_bytes(node_id{0}, 0);
  EXPECT_FALSE(under.shared.depots.prepare(0, why));
  EXPECT_EQ(under.shared.depots.find(0), nullptr);
}

}  // namespace
}  // namespace nearmem
