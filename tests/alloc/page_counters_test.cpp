#include <gtest/gtest.h>

#include <nearmem/alloc/page_counters.hpp>

namespace nearmem {
namespace {

TEST(page_counters, knows_nothing_of_a_node_without_a_counter) {
  const page_counters counters;
  EXPECT_EQ(counters.usage(node_id{0}), node_usage{});
}

TEST(page_counters, gives_every_node_one_counter_of_its_own) {
  page_counters counters;
  for (std::uint32_t node = 0; node < 8; ++node) {
    page_counter* counter = counters.make(node_id{node * 3}, 8);
    ASSERT_NE(counter, nullptr);
    counter->footprint.set(node + 100);
    counter->misplaced.set(node);
    counter->outcome = binding_outcome::denied;
  }
  for (std::uint32_t node = 0; node < 8; ++node) {
    EXPECT_EQ(counters.usage(node_id{node * 3}).footprint, node + 100);
    EXPECT_EQ(counters.usage(node_id{node * 3}).outcome, binding_outcome::denied);
    EXPECT_EQ(counters.make(node_id{node * 3}, 8), counters.find(node_id{node * 3}));
  }
  EXPECT_EQ(counters.find(node_id{1}), nullptr);
  counters.clear_misplaced();
  EXPECT_EQ(counters.usage(node_id{21}).misplaced, 0u);
  EXPECT_EQ(counters.usage(node_id{21}).footprint, 107u);
}

TEST(page_counters, refuses_more_nodes_than_the_machine_has) {
  page_counters counters;
  ASSERT_NE(counters.make(node_id{0}, 2), nullptr);
  ASSERT_NE(counters.make(node_id{1}, 2), nullptr);
  EXPECT_EQ(counters.make(node_id{2}, 2), nullptr);
}

}  // namespace
}  // namespace nearmem
