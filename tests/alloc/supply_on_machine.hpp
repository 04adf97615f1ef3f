#pragma once

#include <nearmem/alloc/shared_slabs.hpp>
#include <nearmem/alloc/thread_heap.hpp>

#include "tests/alloc/simulated_machine.hpp"

namespace nearmem {

// A supply with its depots on a simulated machine, for what works with slabs below a resource.
struct supply_on_machine {
  explicit supply_on_machine(std::size_t nodes = 8)
      : simulated("numa:" + std::to_string(nodes) + "(memory=64MB) core:2 pu:1") {}
  ~supply_on_machine() {
    shared.supply.release();
    shared.depots.clear();
  }

  resource_options on_source() {
    resource_options options;
    options.pages = &source;
    return options;
  }
  // A slab of a class, held by `holder`.
  slab& make_slab(std::size_t class_number, std::uint64_t holder = 1) {
    page_grant why;
    shared.depots.prepare(0, why);
    slab* const made = shared.supply.make_slab(
        {thread_heap::bin_offset(class_number), static_cast<std::uint32_t>(class_number)}, holder,
        0, colour, why);
    return *made;
  }
  void drop(slab& what) {
    slab_list one;
    one.insert(what, 0);
    shared.supply.drop_slabs(one);
  }
  // Takes so many cells out of a slab.
  static void use(slab& what, std::uint32_t cells) {
    for (void* cell = nullptr; cells > 0; --cells)
      what.take(&cell, 1);
  }

  simulated_machine simulated;
  page_source source = simulated.make();
  shared_slabs shared{on_source()};
  std::uint32_t colour = 0;
};

}  // namespace nearmem
