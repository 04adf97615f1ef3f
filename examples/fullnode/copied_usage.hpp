#pragma once

#include <cstddef>

#include <nearmem/accounting/accounted_resource.hpp>

#include "examples/fullnode/transaction.hpp"

namespace nearmem::fullnode {

// What recursive_dynamic_usage(copy) will be of a copy of `x` in the memory of `into`: known before
// it is made, so that room can be made for it. A copy's vectors have no spare capacity. O(parts).
template <class T>
std::size_t copied_usage(const std::pmr::vector<T>& x, const accounted_resource& into) {
  return x.empty() ? 0 : into.charge_for(x.size() * sizeof(T), alignof(T));
}

inline std::size_t copied_usage(const transaction& x, const accounted_resource& into) {
  std::size_t sum = copied_usage(x.inputs, into) + copied_usage(x.outputs, into);
  for (const transaction_input& input : x.inputs) {
    sum += copied_usage(input.script, into) + copied_usage(input.witness, into);
    for (const byte_string& item : input.witness)
      sum += copied_usage(item, into);
  }
  for (const transaction_output& output : x.outputs)
    sum += copied_usage(output.script, into);
  return sum;
}

}  // namespace nearmem::fullnode
