#pragma once

#include <map>
#include <set>

#include <nearmem/accounting/dynamic_usage_traits.hpp>
#include <nearmem/accounting/standard_library.hpp>

namespace nearmem {

// Ordered containers: one node an element.
template <class Tree>
struct dynamic_usage_of_tree {
  using value = typename Tree::value_type;

  template <class Sum>
  static void blocks(const Tree& x, Sum& sum) {
    sum.add(sum.memory(x.get_allocator()), standard_library::tree_node<value>, x.size());
  }
  template <class Visit>
  static void elements(const Tree& x, Visit& visit) {
    visit_range(x, visit);
  }
  template <class Sum>
  static void growth(const Tree& x, Sum& sum) {
    sum.add(sum.memory(x.get_allocator()), standard_library::tree_node<value>);
  }
};

template <class Key, class Compare, class Allocator>
struct dynamic_usage_traits<std::set<Key, Compare, Allocator>>
    : dynamic_usage_of_tree<std::set<Key, Compare, Allocator>> {};
template <class Key, class Compare, class Allocator>
struct dynamic_usage_traits<std::multiset<Key, Compare, Allocator>>
    : dynamic_usage_of_tree<std::multiset<Key, Compare, Allocator>> {};
template <class Key, class T, class Compare, class Allocator>
struct dynamic_usage_traits<std::map<Key, T, Compare, Allocator>>
    : dynamic_usage_of_tree<std::map<Key, T, Compare, Allocator>> {};
template <class Key, class T, class Compare, class Allocator>
struct dynamic_usage_traits<std::multimap<Key, T, Compare, Allocator>>
    : dynamic_usage_of_tree<std::multimap<Key, T, Compare, Allocator>> {};

}  // namespace nearmem
