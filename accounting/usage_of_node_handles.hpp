#pragma once

#include <nearmem/accounting/dynamic_usage_traits.hpp>
#include <nearmem/accounting/standard_library.hpp>

namespace nearmem {

// A node that extract() took out of a tree or a hash table: still one block, now the handle's.
template <class Handle>
  requires(extracted_node<Handle>.bytes != 0)
struct dynamic_usage_traits<Handle> {
  template <class Sum>
  static void blocks(const Handle& x, Sum& sum) {
    if (!x.empty()) sum.add(sum.memory(x.get_allocator()), extracted_node<Handle>);
  }
  template <class Visit>
  static void elements(const Handle& x, Visit& visit) {
    if (x.empty()) return;
    if constexpr (requires { x.mapped(); }) {
      visit(x.key());
      visit(x.mapped());
    } else {
      visit(x.value());
    }
  }
};

}  // namespace nearmem
