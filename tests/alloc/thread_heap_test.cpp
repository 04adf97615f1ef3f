#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/alloc/thread_heap.hpp>

#include "tests/alloc/heaps_on_machine.hpp"

namespace nearmem {
namespace {

using a_thread_heap = heaps_on_machine;

TEST_F(a_thread_heap, takes_and_frees_its_own_without_a_lock_or_an_operation) {
  heap_on_node mine(under.shared, 0);
  take(mine, of_64, 1);
  const auto cells = take(mine, of_64, 3);
  const std::size_t locks = under.shared.supply.locks_taken();
  for (int i = 0; i < 1000; ++i) {
    give(mine, cells[0]);
    EXPECT_EQ(take(mine, of_64, 1)[0], cells[0]);
  }
  EXPECT_EQ(under.shared.supply.locks_taken(), locks);
  EXPECT_EQ(mine.remote_operations(), 0u);
  EXPECT_EQ(mine.in_use(of_64), 4);
}

TEST_F(a_thread_heap, holds_no_slab_without_free_cells) {
  heap_on_node mine(under.shared, 0);
  const auto cells = take(mine, of_64, 64);
  EXPECT_FALSE(home_of(cells[0]).claim().is_held());
  EXPECT_EQ(home_of(cells[0]).last_heap(), mine.short_number());
  give(mine, cells);
  mine.trim();
  EXPECT_EQ(mine.in_use(of_64), 0);
}

TEST_F(a_thread_heap, finds_what_came_home_before_it_takes_new_slabs) {
  heap_on_node mine(under.shared, 0);
  heap_on_node other(under.shared, 0);
  std::vector<void*> all;
  for (int round = 0; round < 50; ++round) {
    all = take(mine, of_64, 500);
    give(other, all);
  }
  EXPECT_LE(slabs(of_64) * 4096, 256u * 1024);
  other.trim();
  mine.trim();
}

TEST_F(a_thread_heap, turns_to_the_node_that_its_thread_has_moved_to) {
  heap_on_node mine(under.shared, 1);
  const std::uint64_t number = mine.number();
  const auto cells = take(mine, of_64, 100);
  page_grant why;
  std::vector<void*> later;
  {
    const this_thread::assumed_node here(node_id{4});
    // Not for one look at it.
    later.push_back(mine.take(of_64, 4, why));
    EXPECT_EQ(mine.place(), 1u);
    for (int i = 0; i < 3; ++i)
      later.push_back(mine.take(of_64, 4, why));
    EXPECT_EQ(mine.place(), 4u);
    EXPECT_NE(mine.number(), number);
    // What it frees now of the old node is not used again here.
    give(mine, cells);
    for (int i = 0; i < 200; ++i) {
      later.push_back(mine.take(of_64, 4, why));
      EXPECT_EQ(under.source.home_of(later.back()), node_id{4});
    }
    give(mine, later);
  }
  EXPECT_EQ(mine.in_use(of_64), 0);
}

TEST_F(a_thread_heap, takes_at_most_8_kib_for_itself) {
  EXPECT_LE(sizeof(thread_heap), 4u * 1024 + 64);
  heap_on_node mine(under.shared, 0);
  for (const std::size_t bytes : {32u, 64u, 128u, 256u})
    give(mine, take(mine, size_class::index(bytes), 300));
  std::size_t descriptors = 0;
  mine.for_each_bin([&](const thread_bin& bin, std::size_t) {
    if (bin.shelf != nullptr) descriptors += sizeof(slab_shelf) + bin.storage_bytes();
  });
  EXPECT_LE(sizeof(thread_heap) + descriptors, 8u * 1024);
}

}  // namespace
}  // namespace nearmem
