#pragma once

#include <cstddef>
#include <memory>

#include <nearmem/accounting/dynamic_usage_traits.hpp>
#include <nearmem/accounting/malloc_model.hpp>
#include <nearmem/accounting/stl_nodes.hpp>
#include <nearmem/accounting/usage_of_aggregates.hpp>
#include <nearmem/accounting/usage_of_hash_tables.hpp>
#include <nearmem/accounting/usage_of_node_handles.hpp>
#include <nearmem/accounting/usage_of_pointers.hpp>
#include <nearmem/accounting/usage_of_sequences.hpp>
#include <nearmem/accounting/usage_of_trees.hpp>
#include <nearmem/accounting/usage_of_values.hpp>
#include <nearmem/accounting/usage_sum.hpp>
#include <nearmem/accounting/visited_blocks.hpp>

namespace nearmem {

// What an object owns on the heap, in bytes.
//
//   object ──owns──► blocks ──in them──► elements ──own──► blocks …
//            └ dynamic_usage ┘
//            └──────────────── recursive_dynamic_usage ────────────┘
//
// Each block is charged what the accounted resource behind the object's allocator charges for it,
// or, where there is none, by Bitcoin Core's model of malloc (block_charge.hpp decides). The
// answers depend on the object and its resource's configuration only, so they may be added at
// insertion and subtracted at removal. A type that is not covered does not compile; std::any,
// std::function and std::future never will be, as they do not tell what they hold: describe the
// class that has one in dynamic_usage_traits of its own.
//
// Thread rule: as reading the object.

// Elements of what x holds, all the way down.
template <class Sum>
class recursive_walk {
 public:
  recursive_walk(Sum& sum, visited_blocks* visited) noexcept : sum_(sum), visited_(visited) {}

  template <class T>
  void operator()(const T& x) {
    add_blocks(x, sum_);
    if constexpr (!heap_free<T>) visit_elements(x, *this);
  }

  // An object that several owners hold, shown only once where a set of visited blocks is kept.
  template <class T>
  void shared(const T& x) {
    if constexpr (!heap_free<T>) {
      if constexpr (requires { sum_.unshared(); }) {
        if (visited_ != nullptr) return shared_once(x);
      }
      (*this)(x);
    } else {
      require_dynamic_usage<T>();
    }
  }

 private:
  template <class T>
  void shared_once(const T& x) {
    const void* address = std::addressof(x);
    if (!visited_->enter_object(address, sizeof(T))) return;
    const std::size_t before = sum_.unshared();
    (*this)(x);
    const std::size_t within = sum_.unshared() - before;
    sum_.settle_object(before, visited_->leave_object(address, sizeof(T), within));
  }

  Sum& sum_;
  visited_blocks* visited_;
};

struct dynamic_usage_function {
  // The blocks that x itself owns; not what elements in those blocks own. O(1), but O(size) for
  // std::forward_list, which does not know its size.
  template <class T>
  std::size_t operator()(const T& x) const {
    charged_sum sum;
    add_blocks(x, sum);
    return sum.total();
  }
};

struct recursive_dynamic_usage_function {
  // With all that the elements own. What several owners share is counted once for each of them, as
  // Bitcoin Core does; cycles of shared pointers never end. O(elements that may own something).
  template <class T>
  std::size_t operator()(const T& x) const {
    charged_sum sum;
    recursive_walk walk(sum, nullptr);
    walk(x);
    return sum.total();
  }

  // The same, but what `visited` holds already counts nothing: shared ownership is counted once.
  template <class T>
  std::size_t operator()(const T& x, visited_blocks& visited) const {
    charged_sum sum(&visited);
    recursive_walk walk(sum, &visited);
    walk(x);
    return sum.total();
  }
};

struct incremental_dynamic_usage_function {
  // By how much the next insertion of one element will raise dynamic_usage(container): one
  // push_back, or push_front of a forward_list, or one new key; with the regrowth or the rehash
  // that this very insertion will do, less the blocks that it gives back. 0 where that is more, as
  // no insertion of the standard library's containers is. O(1).
  template <class Container>
  std::size_t operator()(const Container& container) const {
    static_assert(has_growth<Container>,
                  "nearmem: incremental_dynamic_usage needs a container that it knows; add "
                  "growth() to your nearmem::dynamic_usage_traits<T>");
    charged_sum sum;
    usage_traits_of<Container>::growth(container, sum);
    return sum.total();
  }
};

struct incremental_acquisition_bound_function {
  // At most what the next insertion of one element will make the container's resource take from the
  // pages below, and so charge to its budget: the bytes of a budget_hold under which it cannot be
  // refused. Elements that own memory themselves come on top: accounted_resource's
  // acquisition_bound() tells for each of their blocks. 0 where no accounted resource stands behind
  // the container. O(1) resource calls.
  template <class Container>
  std::size_t operator()(const Container& container) const {
    static_assert(has_growth<Container>,
                  "nearmem: incremental_acquisition_bound needs a container that it knows; add "
                  "growth() to your nearmem::dynamic_usage_traits<T>");
    acquisition_sum sum;
    usage_traits_of<Container>::growth(container, sum);
    return sum.total();
  }
};

struct modelled_usage_function {
  // The same blocks as dynamic_usage, each at what a model of malloc says, whoever allocated them.
  template <class T>
  std::size_t operator()(const T& x, malloc_model model = malloc_model::bitcoin_core) const {
    modelled_sum sum(model);
    add_blocks(x, sum);
    return sum.total();
  }
};

inline constexpr dynamic_usage_function dynamic_usage{};
inline constexpr recursive_dynamic_usage_function recursive_dynamic_usage{};
inline constexpr incremental_dynamic_usage_function incremental_dynamic_usage{};
inline constexpr incremental_acquisition_bound_function incremental_acquisition_bound{};
inline constexpr modelled_usage_function modelled_usage{};

}  // namespace nearmem
