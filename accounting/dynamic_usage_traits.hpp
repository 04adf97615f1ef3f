#pragma once

#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <tuple>
#include <type_traits>

#include <nearmem/accounting/resource_usage.hpp>
#include <nearmem/accounting/usage_sum.hpp>

namespace nearmem {

// What a type owns on the heap. Specialise it for your own types, in one of three ways:
//
//   template <>
//   struct nearmem::dynamic_usage_traits<coin> {          // 1. a struct of covered members
//     static auto members(const coin& x) { return std::tie(x.script, x.witness); }
//   };
//   template <>
//   struct nearmem::dynamic_usage_traits<outpoint> : nearmem::owns_no_heap {};    // 2. nothing
//   template <class T>
//   struct nearmem::dynamic_usage_traits<ring<T>> {       // 3. blocks of its own
//     template <class Sum>
//     static void blocks(const ring<T>& x, Sum& sum) {    //    what x itself holds
//       sum.add(sum.memory(x.get_allocator()), {x.capacity() * sizeof(T), alignof(T)});
//     }
//     template <class Visit>
//     static void elements(const ring<T>& x, Visit& visit) {   // optional: what lies in the blocks
//       for (const T& element : x) visit(element);
//     }
//     template <class Sum>
//     static void growth(const ring<T>& x, Sum& sum);     //    optional: what the next insertion
//   };                                                    //    adds and drops
//
// Sum is charged_sum or modelled_sum (usage_sum.hpp). Members by value are part of their object:
// what they hold themselves is not "recursive".
template <class T>
struct dynamic_usage_traits {};

// For types without heap, however deep one looks; loops over such elements are left out.
struct owns_no_heap {
  static constexpr bool owns_nothing = true;

  template <class T, class Sum>
  static constexpr void blocks(const T&, Sum&) noexcept {}
};

template <class T>
using usage_traits_of = dynamic_usage_traits<std::remove_cv_t<T>>;

template <class T>
concept heap_free = usage_traits_of<T>::owns_nothing;

template <class T>
concept usage_by_members = requires(const T& x) { usage_traits_of<T>::members(x); };

template <class T>
concept usage_by_blocks =
    requires(const T& x, charged_sum& sum) { usage_traits_of<T>::blocks(x, sum); };

// The types that dynamic_usage() knows.
template <class T>
concept has_dynamic_usage = usage_by_members<T> || usage_by_blocks<T>;

template <class T>
concept has_growth = requires(const T& x, charged_sum& sum) { usage_traits_of<T>::growth(x, sum); };

template <class T>
consteval void require_dynamic_usage() {
  static_assert(has_dynamic_usage<T>,
                "nearmem: dynamic_usage does not know this type; add a specialisation of "
                "nearmem::dynamic_usage_traits<T> with members(), or blocks() (see "
                "nearmem/accounting/dynamic_usage_traits.hpp), or derive it from owns_no_heap");
}

// Adds the blocks that x itself holds to a sum.
template <class T, class Sum>
void add_blocks(const T& x, Sum& sum) {
  require_dynamic_usage<T>();
  if constexpr (usage_by_members<T>) {
    std::apply([&sum](const auto&... member) { (add_blocks(member, sum), ...); },
               usage_traits_of<T>::members(x));
  } else if constexpr (has_dynamic_usage<T>) {
    usage_traits_of<T>::blocks(x, sum);
  }
}

// Shows what lies in the blocks that x holds to a visitor.
template <class T, class Visit>
void visit_elements(const T& x, Visit& visit) {
  if constexpr (usage_by_members<T>) {
    std::apply([&visit](const auto&... member) { (visit_elements(member, visit), ...); },
               usage_traits_of<T>::members(x));
  } else if constexpr (requires { usage_traits_of<T>::elements(x, visit); }) {
    usage_traits_of<T>::elements(x, visit);
  }
}

// What most elements() come to: every element of a range, or none where none can own anything.
template <class Range, class Visit>
void visit_range(const Range& range, Visit& visit) {
  if constexpr (!heap_free<typename Range::value_type>) {
    for (const auto& element : range)
      visit(element);
  }
}

// Whether a container keeps its elements in itself: its small buffer.
template <class T>
bool lies_inside_of(const T& x, const void* data) noexcept {
  const auto* begin = reinterpret_cast<const std::byte*>(std::addressof(x));
  const auto* place = static_cast<const std::byte*>(data);
  return !std::less<>{}(place, begin) && std::less<>{}(place, begin + sizeof(x));
}

template <class T>
  requires(std::is_arithmetic_v<T> || std::is_enum_v<T> || std::is_null_pointer_v<T> ||
           std::is_pointer_v<T> || std::is_member_pointer_v<T>)
struct dynamic_usage_traits<T> : owns_no_heap {};

// Arenas, caches and other owners of memory that keep nearmem's books: all that they hold.
template <class T>
  requires(std::is_class_v<T> &&
           requires(const T& x) {
             { x.usage() } -> std::same_as<resource_usage>;
           })
struct dynamic_usage_traits<T> {
  template <class Sum>
  static void blocks(const T& x, Sum& sum) {
    sum.add(x.usage().footprint);
  }
};

// Vectors with a small buffer inside that say what they hold outside, as Bitcoin Core's prevector.
template <class T>
  requires(std::is_class_v<T> &&
           requires(const T& x) {
             { x.allocated_memory() } -> std::convertible_to<std::size_t>;
             typename T::value_type;
           })
struct dynamic_usage_traits<T> {
  template <class Sum>
  static void blocks(const T& x, Sum& sum) {
    const block_shape block{static_cast<std::size_t>(x.allocated_memory()),
                            alignof(typename T::value_type)};
    sum.add(modelled_memory_of(x, sum), block);
  }
  template <class Visit>
  static void elements(const T& x, Visit& visit) {
    visit_range(x, visit);
  }

 private:
  template <class Sum>
  static auto modelled_memory_of(const T& x, const Sum& sum) {
    if constexpr (requires { x.get_allocator(); }) {
      return sum.memory(x.get_allocator());
    } else {
      return sum.memory(x);
    }
  }
};

}  // namespace nearmem
