#pragma once

#include <cstddef>

#include <nearmem/accounting/resource_usage.hpp>
#include <nearmem/alloc/page_account.hpp>

namespace nearmem {

// The books of a resource whose live blocks are charged `charged`: unused is what is left of the
// footprint. Read beside the owner's work, the words may be of different instants; unused is then
// no less than 0.
inline resource_usage account_usage(const page_account& pages, std::size_t charged,
                                    std::size_t blocks) noexcept {
  resource_usage usage;
  usage.charged = charged;
  usage.blocks = blocks;
  usage.metadata = pages.metadata();
  usage.footprint = pages.footprint();
  usage.peak_footprint = pages.peak_footprint();
  const std::size_t in_use = usage.charged + usage.metadata;
  usage.unused = usage.footprint > in_use ? usage.footprint - in_use : 0;
  return usage;
}

}  // namespace nearmem
