#include <algorithm>
#include <cstdint>
#include <deque>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/alloc/thread_heap.hpp>

#include "tests/alloc/supply_on_machine.hpp"

namespace nearmem {
namespace {

// Heaps of several threads, all worked by this one.
struct a_thread_heap : testing::Test {
  struct heap_on_node : thread_heap {
    heap_on_node(shared_slabs& with, std::size_t at)
        : thread_heap(with, with.supply.next_number(), prepared(with, at)) {}
    ~heap_on_node() { retire(); }
    static std::size_t prepared(shared_slabs& with, std::size_t at) {
      page_grant why;
      with.depots.prepare(at, why);
      return at;
    }
  };

  std::vector<void*> take(thread_heap& heap, std::size_t class_number, std::size_t cells) {
    const this_thread::assumed_node here(node_id{static_cast<unsigned>(heap.place())});
    std::vector<void*> taken;
    page_grant why;
    for (; cells > 0; --cells) {
      void* cell = nullptr;
      if (!heap.bins()[class_number].try_pop(cell)) {
        cell = heap.take(class_number, heap.place(), why);
      }
      EXPECT_NE(cell, nullptr);
      taken.push_back(cell);
    }
    return taken;
  }
  slab& home_of(const void* cell) {
    return *static_cast<slab*>(under.shared.supply.owner(run_use::slab, cell));
  }
  // As the resource does.
  void give(thread_heap& heap, void* cell) {
    slab& home = home_of(cell);
    if (home.last_heap() == heap.short_number() && heap.bin_at(home.bin()).try_push(cell)) return;
    heap.give(home, cell);
  }
  void give(thread_heap& heap, const std::vector<void*>& cells) {
    for (void* cell : cells)
      give(heap, cell);
  }
  std::size_t slabs(std::size_t class_number) {
    return under.shared.supply.counts(class_number).slabs.get();
  }

  static constexpr std::size_t of_64 = size_class::index(64);
  static constexpr std::size_t of_48 = size_class::index(48);

  supply_on_machine under;
};

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

TEST_F(a_thread_heap, claims_what_nobody_holds_by_freeing_into_it) {
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

TEST_F(a_thread_heap, sends_others_cells_home_in_one_operation) {
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

TEST_F(a_thread_heap, frees_many_cells_of_others_with_one_operation) {
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
  EXPECT_LE((locks() - before) * 1000, 2 * 100 * (rounds - warm)) << locks();
  for (const std::vector<void*>& cells : between)
    give(consumer, cells);
}

TEST_F(a_thread_heap, does_not_allocate_from_lines_that_others_use) {
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

TEST_F(a_thread_heap, takes_from_a_claimed_slab_whose_cells_have_lines_of_their_own) {
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

TEST_F(a_thread_heap, keeps_little_of_what_it_only_frees) {
  heap_on_node producer(under.shared, 0);
  heap_on_node consumer(under.shared, 0);
  const auto cells = take(producer, of_64, 20'000);
  // One of two cells, so that no slab becomes empty.
  for (std::size_t i = 0; i < cells.size(); i += 2)
    give(consumer, cells[i]);
  std::size_t in_depot = 0;
  under.shared.depots.find(0)->for_each([&](const slab& one) { in_depot += one.free_cells(); });
  EXPECT_GE(in_depot, 20'000u / 2 - 20'000u / 4);
  const std::size_t before = slabs(of_64);
  take(producer, of_64, in_depot / 2);
  EXPECT_EQ(slabs(of_64), before);
}

TEST_F(a_thread_heap, leaves_cells_of_other_nodes_to_their_node) {
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

TEST_F(a_thread_heap, frees_without_memory) {
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
