#pragma once

#include <nearmem/alloc/heap_numbers.hpp>
#include <nearmem/alloc/slab_depots.hpp>
#include <nearmem/alloc/slab_supply.hpp>

namespace nearmem {

// What the heaps of one resource share. Thread rule: any.
struct shared_slabs {
  explicit shared_slabs(const resource_options& options) : supply(options), depots(supply) {}

  slab_supply supply;
  slab_depots depots;
  heap_numbers numbers;
};

}  // namespace nearmem
