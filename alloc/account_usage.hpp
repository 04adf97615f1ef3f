#pragma once

#include <cstddef>

#include <nearmem/accounting/resource_usage.hpp>
#include <nearmem/alloc/page_account.hpp>

namespace nearmem {

// The books of a resource whose live blocks are charged `charged`: unused is what is left of the
// footprint. Words of different instants, which only a reader gets who is interrupted by the owner
// again and again, are settled: footprint == charged + unused + metadata, whatever was read.
inline resource_usage account_usage(const page_account& pages, std::size_t charged,
                                    std::size_t blocks) noexcept {
  resource_usage usage;
  usage.charged = charged;
  usage.blocks = blocks;
  usage.metadata = pages.metadata();
  usage.footprint = pages.footprint();
  usage.peak_footprint = pages.peak_footprint();
  return settled(usage);
}

}  // namespace nearmem
