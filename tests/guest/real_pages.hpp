#pragma once

#include <nearmem/alloc/linux_kernel.hpp>
#include <nearmem/alloc/page_source.hpp>
#include <nearmem/topology/machine.hpp>

#include "kernel_view.hpp"

namespace nearmem {

// A page source of this machine that is a test's own.
struct real_pages {
  linux_kernel calls{};
  page_source source{machine::discover(), calls};

  // What the kernel counts in the mappings of its slots, and in those of its books.
  pages_by_node mapped_slots() const { return count_mapped_pages(source.ranges().front()); }
  pages_by_node mapped_books() const { return count_mapped_pages(source.ranges().back()); }

  page_grant acquire(std::size_t bytes, const placement& where, bool huge_pages = false) {
    return source.acquire({bytes, 1, where, huge_pages});
  }
};

}  // namespace nearmem
