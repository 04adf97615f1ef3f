#include <algorithm>
#include <cstdint>
#include <deque>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/alloc/thread_heap.hpp>

#include "tests/alloc/heaps_on_machine.hpp"

namespace nearmem {
namespace {

using a_thread_heap_that_frees = heaps_on_machine;

TEST_F(a_thread_heap_that_frees, claims_what_nobody_holds_by_freeing_into_it) {
  heap_on_node mine(under.shared, 0);
  heap_on_node other(under.shared, 0);
  const auto cells = take(mine, of_64, 64);
  give(other, cells);
  other.trim();
  // What was freed after the claim was its own.
  EXPECT_LE(other.remote_frees(), 64u);
  EXPECT_GE(other.remote_frees(), 1u);
  EXPECT_EQ(other.remote_operations(), 1u);
  EXPECT_EQ(mine.in_use(of_64) + other.in_use(of_64), 0);
  EXPECT_EQ(under.shared.depots.find(0)->empty_bytes(), 4096u);
}

TEST_F(a_thread_heap_that_frees, sends_others_cells_home_in_one_operation) {
  heap_on_node mine(under.shared, 0);
  heap_on_node other(under.shared, 0);
  auto cells = take(mine, of_64, 2000);
  // One that has free cells, so it is still held.
  while (!home_of(cells.back()).claim().is_held())
    cells.push_back(take(mine, of_64, 1)[0]);
  slab& held = home_of(cells.back());
  ASSERT_TRUE(held.claim().is_held_by(mine.number()));
  std::erase_if(cells, [&](void* cell) { return &home_of(cell) != &held; });
  cells.resize(std::min<std::size_t>(cells.size(), 100));
  give(other, cells);
  EXPECT_EQ(held.claim().chain(), 0u);
  other.trim();
  EXPECT_EQ(other.remote_operations(), 1u);
  EXPECT_NE(held.claim().chain(), 0u);
  const std::uint32_t free_before = held.free_cells();
  mine.trim();
  EXPECT_EQ(held.claim().chain(), 0u);
  EXPECT_GE(held.free_cells(), free_before + cells.size());
}

TEST_F(a_thread_heap_that_frees, frees_many_cells_of_others_with_one_operation) {
  heap_on_node producer(under.shared, 0);
  heap_on_node consumer(under.shared, 0);
  std::deque<std::vector<void*>> between;
  std::size_t before = 0;
  constexpr std::size_t warm = 500;
  constexpr std::size_t rounds = 2500;
  const auto locks = [&] {
    return under.shared.supply.locks_taken() + under.shared.depots.find(0)->locks_taken();
  };
  for (std::size_t round = 0; round < rounds; ++round) {
    between.push_back(take(producer, of_64, 100));
    if (between.size() > 200) {
      give(consumer, between.front());
      between.pop_front();
    }
    if (round == warm) before = locks();
  }
  EXPECT_LE(consumer.remote_operations() * 50, static_cast<std::size_t>(-consumer.in_use(of_64)));
  // When some are adopted, and when one that was sorted in has become empty.
  EXPECT_LE((locks() - before) * 800, 2 * 100 * (rounds - warm)) << locks() - before;
  for (const std::vector<void*>& cells : between)
    give(consumer, cells);
}

TEST_F(a_thread_heap_that_frees,
       makes_room_for_the_chains_of_many_slabs_that_it_frees_into_by_turns) {
  heap_on_node mine(under.shared, 0);
  heap_on_node other(under.shared, 1);
  constexpr std::size_t classes = 48;
  constexpr std::size_t cells = 8;
  constexpr std::size_t rounds = 40;
  for (std::size_t round = 0; round < rounds; ++round) {
    std::vector<std::vector<void*>> taken;
    for (std::size_t i = 0; i < classes; ++i)
      taken.push_back(take(mine, i, cells));
    for (std::size_t cell = 0; cell < cells; ++cell) {
      for (std::size_t i = 0; i < classes; ++i)
        give(other, taken[i][cell]);
    }
  }
  // In a box that stays small nearly every cell displaces a chain, and is sent alone.
  EXPECT_LE(other.remote_operations() * 8, classes * cells * rounds * 7);
  other.trim();
  for (std::size_t i = 0; i < classes; ++i)
    EXPECT_EQ(mine.in_use(i) + other.in_use(i), 0);
}

TEST_F(a_thread_heap_that_frees, does_not_allocate_from_lines_that_others_use) {
  heap_on_node mine(under.shared, 0);
  heap_on_node other(under.shared, 0);
  const auto cells = take(mine, of_48, 85);
  slab& shared = home_of(cells[0]);
  std::vector<void*> half(cells.begin(), cells.begin() + 40);
  give(other, half);
  EXPECT_EQ(other.in_use(of_48), -40);
  // Whatever it needs comes from elsewhere, until the slab is empty.
  const auto own = take(other, of_48, 200);
  EXPECT_TRUE(
      std::none_of(own.begin(), own.end(), [&](void* cell) { return &home_of(cell) == &shared; }));
  give(other, own);
  give(mine, std::vector<void*>(cells.begin() + 40, cells.end()));
}

TEST_F(a_thread_heap_that_frees, takes_from_others_slabs_whose_cells_have_lines_of_their_own) {
  heap_on_node mine(under.shared, 0);
  heap_on_node other(under.shared, 0);
  take(other, of_64, 500);
  const auto cells = take(mine, of_64, 500);
  give(other, std::vector<void*>(cells.begin(), cells.begin() + 400));
  other.trim();
  const auto own = take(other, of_64, 300);
  EXPECT_TRUE(std::any_of(own.begin(), own.end(), [&](void* cell) {
    return std::find(cells.begin(), cells.end(), cell) != cells.end();
  }));
}

TEST_F(a_thread_heap_that_frees, keeps_little_of_what_it_only_frees) {
  heap_on_node producer(under.shared, 0);
  heap_on_node consumer(under.shared, 0);
  const auto cells = take(producer, of_64, 20'000);
  // One of two cells, so that no slab becomes empty.
  for (std::size_t i = 0; i < cells.size(); i += 2)
    give(consumer, cells[i]);
  std::size_t in_depot = 0;
  under.shared.depots.find(0)->for_each(
      [&](const slab& one) { in_depot += one.claim().free_cells(); });
  EXPECT_GE(in_depot, 20'000u / 2 - 20'000u / 4);
  const std::size_t before = slabs(of_64);
  take(producer, of_64, in_depot / 2);
  EXPECT_EQ(slabs(of_64), before);
}

TEST_F(a_thread_heap_that_frees, leaves_cells_of_other_nodes_to_their_node) {
  heap_on_node near(under.shared, 2);
  heap_on_node far(under.shared, 5);
  const auto cells = take(near, of_64, 640);
  give(far, cells);
  const auto own = take(far, of_64, 640);
  for (void* cell : own)
    EXPECT_EQ(under.source.home_of(cell), node_id{5});
  give(far, own);
  far.trim();
  EXPECT_GE(under.shared.depots.find(2)->empty_bytes(), 640 * 64 - 8192u);
}

TEST_F(a_thread_heap_that_frees, frees_without_memory) {
  heap_on_node mine(under.shared, 0);
  heap_on_node other(under.shared, 0);
  const auto cells = take(mine, of_64, 1000);
  const auto single = take(mine, size_class::index(2048), 30);
  for (const numa_node& node : under.simulated.hardware.nodes())
    under.simulated.kernel.set_node_bytes(node.id, 0);
  give(other, cells);
  give(other, single);
  other.trim();
  EXPECT_EQ(mine.in_use(of_64) + other.in_use(of_64), 0);
}

}  // namespace
}  // namespace nearmem
