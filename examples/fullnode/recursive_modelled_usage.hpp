#pragma once

#include <cstddef>

#include <nearmem/accounting/dynamic_usage.hpp>

namespace nearmem::fullnode {

// What recursive_dynamic_usage(x) would be if Bitcoin Core's model of malloc were asked instead of
// the resources. O(elements that may own something).
template <class T>
std::size_t recursive_modelled_usage(const T& x) {
  modelled_sum sum(malloc_model::bitcoin_core);
  recursive_walk walk(sum, nullptr);
  walk(x);
  return sum.total();
}

}  // namespace nearmem::fullnode
