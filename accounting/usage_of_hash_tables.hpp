#pragma once

#include <cstddef>
#include <unordered_map>
#include <unordered_set>

#include <nearmem/accounting/dynamic_usage_traits.hpp>
#include <nearmem/accounting/standard_library.hpp>

namespace nearmem {

// Unordered containers: one node an element, and an array of buckets.
template <class Table>
struct dynamic_usage_of_hash_table {
  template <class Sum>
  static void blocks(const Table& x, Sum& sum) {
    const auto memory = sum.memory(x.get_allocator());
    sum.add(memory, node, x.size());
    sum.add(memory, standard_library::buckets(x, x.bucket_count()));
  }
  template <class Visit>
  static void elements(const Table& x, Visit& visit) {
    visit_range(x, visit);
  }
  template <class Sum>
  static void growth(const Table& x, Sum& sum) {
    const auto memory = sum.memory(x.get_allocator());
    sum.add(memory, node);
    const std::size_t count = standard_library::buckets_after_insertion(x);
    if (count == x.bucket_count()) return;
    sum.add(memory, standard_library::buckets(x, count));
    sum.drop(memory, standard_library::buckets(x, x.bucket_count()));
  }

 private:
  static constexpr block_shape node =
      standard_library::hash_node<typename Table::key_type, typename Table::value_type,
                                  typename Table::hasher>;
};

template <class Key, class Hash, class Equal, class Allocator>
struct dynamic_usage_traits<std::unordered_set<Key, Hash, Equal, Allocator>>
    : dynamic_usage_of_hash_table<std::unordered_set<Key, Hash, Equal, Allocator>> {};
template <class Key, class Hash, class Equal, class Allocator>
struct dynamic_usage_traits<std::unordered_multiset<Key, Hash, Equal, Allocator>>
    : dynamic_usage_of_hash_table<std::unordered_multiset<Key, Hash, Equal, Allocator>> {};
template <class Key, class T, class Hash, class Equal, class Allocator>
struct dynamic_usage_traits<std::unordered_map<Key, T, Hash, Equal, Allocator>>
    : dynamic_usage_of_hash_table<std::unordered_map<Key, T, Hash, Equal, Allocator>> {};
template <class Key, class T, class Hash, class Equal, class Allocator>
struct dynamic_usage_traits<std::unordered_multimap<Key, T, Hash, Equal, Allocator>>
    : dynamic_usage_of_hash_table<std::unordered_multimap<Key, T, Hash, Equal, Allocator>> {};

}  // namespace nearmem
