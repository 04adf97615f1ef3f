#pragma once

#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/alloc/thread_heap.hpp>

#include "tests/alloc/supply_on_machine.hpp"

namespace nearmem {

// Heaps of several threads, all worked by this one.
struct heaps_on_machine : testing::Test {
  struct heap_on_node : thread_heap {
    heap_on_node(shared_slabs& with, std::size_t at) : thread_heap(with, prepared(with, at)) {}
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

}  // namespace nearmem
