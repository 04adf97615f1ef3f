#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/alloc/thread_heap.hpp>

#include "tests/alloc/heaps_on_machine.hpp"
#include "tests/support/seed.hpp"

namespace nearmem {
namespace {

// How much memory heaps hold between them, whoever frees whose cells.
struct thread_heap_bounds : heaps_on_machine {
  using all_heaps = std::vector<std::unique_ptr<heap_on_node>>;

  all_heaps make(std::size_t count, std::size_t nodes) {
    all_heaps made;
    for (std::size_t i = 0; i < count; ++i)
      made.push_back(std::make_unique<heap_on_node>(under.shared, i % nodes));
    return made;
  }
  std::size_t footprint() const { return under.shared.supply.account().footprint(); }

  // What heaps and depots may hold, whatever was freed by whom: as much again as is in use in slabs
  // that are partly free, as much in arrays and in what waits, as much in descriptors and between
  // slabs, and what a depot keeps for who allocates what others free.
  std::size_t bound(const all_heaps& heaps) const {
    std::size_t in_use = 0;
    for (std::size_t i = 0; i < size_class::count; ++i) {
      std::ptrdiff_t cells = 0;
      for (const auto& one : heaps)
        cells += one->in_use(i);
      in_use += static_cast<std::size_t>(cells) * size_class::cell_bytes(i);
    }
    return 4 * in_use + (std::size_t{2} << 20);
  }

  void replace(thread_heap& heap, void*& cell, std::size_t class_number) {
    if (cell != nullptr) give(heap, cell);
    cell = take(heap, class_number, 1)[0];
  }

  // Larson's server: in each round a heap frees and takes anew some of the blocks of a connection,
  // which then goes to the next heap. What is in use stays the same.
  void expect_bounded(std::size_t nodes) {
    using connection = std::array<void*, 500>;
    std::mt19937_64 random(test_seed());
    all_heaps heaps = make(8, nodes);
    std::vector<connection> connections(heaps.size(), connection{});
    std::size_t largest = 0;
    for (std::size_t round = 0; round < 500; ++round) {
      for (std::size_t i = 0; i < heaps.size(); ++i) {
        for (int n = 0; n < 250; ++n) {
          void*& one = connections[(i + round) % heaps.size()][random() % 500];
          replace(*heaps[i], one, random() % 24);
        }
      }
      largest = std::max(largest, footprint());
    }
    EXPECT_LE(largest, bound(heaps));
    for (connection& one : connections) {
      for (void* each : one) {
        if (each != nullptr) give(*heaps[0], each);
      }
    }
    heaps.clear();
    under.shared.depots.give_back(0);
    for (std::size_t i = 0; i < size_class::count; ++i)
      EXPECT_EQ(slabs(i), 0u);
  }
};

TEST_F(thread_heap_bounds, hold_where_threads_free_what_others_took) {
  expect_bounded(1);
}

TEST_F(thread_heap_bounds, hold_where_threads_of_four_nodes_do) {
  expect_bounded(4);
}

TEST_F(thread_heap_bounds, hold_where_many_free_what_one_took) {
  std::mt19937_64 random(test_seed());
  all_heaps heaps = make(5, 1);
  std::vector<std::vector<void*>> boxes(4, std::vector<void*>(500));
  std::size_t largest = 0;
  for (int round = 0; round < 1000; ++round) {
    for (std::size_t i = 0; i < boxes.size(); ++i) {
      for (void*& one : boxes[i]) {
        if (one != nullptr) continue;
        one = take(*heaps[4], random() % 24, 1)[0];
      }
      for (int n = 0; n < 100; ++n) {
        void*& one = boxes[i][random() % 500];
        if (one != nullptr) give(*heaps[i], one);
        one = nullptr;
      }
    }
    largest = std::max(largest, footprint());
  }
  EXPECT_LE(largest, bound(heaps));
}

TEST_F(thread_heap_bounds, hold_where_sizes_change_in_time) {
  std::mt19937_64 random(test_seed());
  all_heaps heaps = make(4, 1);
  std::vector<std::vector<void*>> connections(4, std::vector<void*>(2000));
  std::size_t first = 0;
  for (std::size_t phase = 0; phase < 24; ++phase) {
    for (std::size_t round = 0; round < 60; ++round) {
      for (std::size_t i = 0; i < heaps.size(); ++i) {
        for (int n = 0; n < 500; ++n) {
          void*& one = connections[(i + round) % heaps.size()][random() % 2000];
          replace(*heaps[i], one, 23 - phase);  // ever smaller ones
        }
      }
    }
    if (phase == 3) first = footprint();
  }
  EXPECT_LE(footprint(), first);
}

TEST_F(thread_heap_bounds, let_memory_go_back_while_who_took_it_sleeps) {
  for (const std::size_t class_number : {of_48, of_64}) {
    heap_on_node sleeper(under.shared, 0);
    heap_on_node near(under.shared, 0);
    heap_on_node far(under.shared, 1);
    const auto cells = take(sleeper, class_number, 200'000);
    const std::size_t full = footprint();
    for (std::size_t i = 0; i < cells.size(); ++i)
      give(i / 1000 % 2 == 0 ? near : far, cells[i]);
    EXPECT_LE(footprint(), full / 2) << class_number;
  }
}

TEST_F(thread_heap_bounds, give_what_the_dead_left_to_those_who_live) {
  std::vector<void*> kept;
  const auto live_and_die = [&] {
    heap_on_node one(under.shared, 0);
    // Much of it is freed before the end, so that its slabs are partly free.
    const auto cells = take(one, of_48, 400);
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i % 40 == 0) {
        kept.push_back(cells[i]);
      } else {
        give(one, cells[i]);
      }
    }
  };
  for (int i = 0; i < 20; ++i)
    live_and_die();
  const std::size_t before = slabs(of_48);
  EXPECT_LE(before, 20u);
  heap_on_node last(under.shared, 0);
  give(last, kept);
}

}  // namespace
}  // namespace nearmem
