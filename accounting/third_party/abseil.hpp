#pragma once

#include <cstddef>
#include <type_traits>

#include <absl/base/config.h>
#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>
#include <absl/container/inlined_vector.h>
#include <absl/container/node_hash_map.h>
#include <absl/container/node_hash_set.h>

#include <nearmem/accounting/dynamic_usage_traits.hpp>

#if defined(ABSL_LTS_RELEASE_VERSION) && ABSL_LTS_RELEASE_VERSION > 20220623
#error "nearmem has been held to Abseil's tables up to 20220623 only; see tests/accounting"
#endif

namespace nearmem {

template <class Table>
struct swiss_table_key;

}  // namespace nearmem

// The way into a table: its debugging hook is a friend for every argument.
template <class Table>
struct absl::container_internal::hashtable_debug_internal::HashtableDebugAccess<
    nearmem::swiss_table_key<Table>, void> {
  using slot = typename Table::slot_type;

  // Room for new keys before the table is full, erased slots not counted.
  static std::size_t growth_left(const Table& table) noexcept {
    return table.settings_.template get<0>();
  }
};

namespace nearmem {

// Abseil's Swiss tables: one array, with a control byte and a slot each; node tables have a block
// for each element besides.
//
//   [ control bytes, and some again │ gap │ slots ]
//
// Abseil is written for programs without exceptions: a table whose growth was refused (with a
// budget_exceeded, say) is broken. Reserve before, or hold the bytes with a budget_hold.
template <class Table, bool has_nodes>
struct dynamic_usage_of_swiss_table {
  template <class Sum>
  static void blocks(const Table& x, Sum& sum) {
    const auto memory = sum.memory(x.get_allocator());
    sum.add(memory, array(x.capacity()));
    if constexpr (has_nodes) sum.add(memory, node, x.size());
  }
  template <class Visit>
  static void elements(const Table& x, Visit& visit) {
    visit_range(x, visit);
  }
  // Where erased slots lie about, the new key may take one of them, and then a table that is full
  // need not grow after all: the answer is the larger of the two.
  template <class Sum>
  static void growth(const Table& x, Sum& sum) {
    const auto memory = sum.memory(x.get_allocator());
    if constexpr (has_nodes) sum.add(memory, node);
    if (access::growth_left(x) != 0 || rehashes_in_place(x)) return;
    sum.add(memory, array(2 * x.capacity() + 1));
    sum.drop(memory, array(x.capacity()));
  }

 private:
  using access = absl::container_internal::hashtable_debug_internal::HashtableDebugAccess<
      swiss_table_key<typename Table::raw_hash_set>, void>;
  using slot = typename access::slot;

  static constexpr block_shape node = shape_of<typename Table::value_type>;

  static block_shape array(std::size_t capacity) noexcept {
    if (capacity == 0) return {};
    const std::size_t bytes =
        absl::container_internal::AllocSize(capacity, sizeof(slot), alignof(slot));
    return {(bytes + alignof(slot) - 1) / alignof(slot) * alignof(slot), alignof(slot)};
  }
  static bool rehashes_in_place(const Table& x) noexcept {
    return x.capacity() > absl::container_internal::Group::kWidth &&
           x.size() * 32 <= x.capacity() * 25;
  }
};

template <class Key, class Hash, class Equal, class Allocator>
struct dynamic_usage_traits<absl::flat_hash_set<Key, Hash, Equal, Allocator>>
    : dynamic_usage_of_swiss_table<absl::flat_hash_set<Key, Hash, Equal, Allocator>, false> {};
template <class Key, class Hash, class Equal, class Allocator>
struct dynamic_usage_traits<absl::node_hash_set<Key, Hash, Equal, Allocator>>
    : dynamic_usage_of_swiss_table<absl::node_hash_set<Key, Hash, Equal, Allocator>, true> {};
template <class Key, class T, class Hash, class Equal, class Allocator>
struct dynamic_usage_traits<absl::flat_hash_map<Key, T, Hash, Equal, Allocator>>
    : dynamic_usage_of_swiss_table<absl::flat_hash_map<Key, T, Hash, Equal, Allocator>, false> {};
template <class Key, class T, class Hash, class Equal, class Allocator>
struct dynamic_usage_traits<absl::node_hash_map<Key, T, Hash, Equal, Allocator>>
    : dynamic_usage_of_swiss_table<absl::node_hash_map<Key, T, Hash, Equal, Allocator>, true> {};

// A vector that keeps its first elements in itself, and doubles. Assigned from one of another
// allocator by moving, it takes that one's array without its allocator (Abseil 20220623): do not.
template <class T, std::size_t size, class Allocator>
struct dynamic_usage_traits<absl::InlinedVector<T, size, Allocator>> {
  using vector = absl::InlinedVector<T, size, Allocator>;

  template <class Sum>
  static void blocks(const vector& x, Sum& sum) {
    if (lies_inside_of(x, x.data())) return;
    sum.add(sum.memory(x.get_allocator()), block(x.capacity()));
  }
  template <class Visit>
  static void elements(const vector& x, Visit& visit) {
    visit_range(x, visit);
  }
  template <class Sum>
  static void growth(const vector& x, Sum& sum) {
    if (x.size() < x.capacity()) return;
    const auto memory = sum.memory(x.get_allocator());
    sum.add(memory, block(2 * x.capacity()));
    if (!lies_inside_of(x, x.data())) sum.drop(memory, block(x.capacity()));
  }

 private:
  static constexpr block_shape block(std::size_t capacity) noexcept {
    return {capacity * sizeof(T), alignof(T)};
  }
};

}  // namespace nearmem
