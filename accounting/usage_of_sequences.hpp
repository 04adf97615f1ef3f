#pragma once

#include <cstddef>
#include <deque>
#include <forward_list>
#include <functional>
#include <iterator>
#include <list>
#include <memory>
#include <queue>
#include <stack>
#include <string>
#include <vector>

#include <nearmem/accounting/dynamic_usage_traits.hpp>
#include <nearmem/accounting/standard_library.hpp>

namespace nearmem {

template <class T, class Allocator>
struct dynamic_usage_traits<std::vector<T, Allocator>> {
  using vector = std::vector<T, Allocator>;

  template <class Sum>
  static void blocks(const vector& x, Sum& sum) {
    sum.add(sum.memory(x.get_allocator()), block(x.capacity()));
  }
  template <class Visit>
  static void elements(const vector& x, Visit& visit) {
    visit_range(x, visit);
  }
  template <class Sum>
  static void growth(const vector& x, Sum& sum) {
    const std::size_t capacity = standard_library::capacity_after_push_back(x);
    if (capacity == x.capacity()) return;
    const auto memory = sum.memory(x.get_allocator());
    sum.add(memory, block(capacity));
    sum.drop(memory, block(x.capacity()));
  }

 private:
  static constexpr block_shape block(std::size_t capacity) noexcept {
    return {capacity * sizeof(T), alignof(T)};
  }
};

template <class Allocator>
struct dynamic_usage_traits<std::vector<bool, Allocator>> {
  using vector = std::vector<bool, Allocator>;

  template <class Sum>
  static void blocks(const vector& x, Sum& sum) {
    sum.add(sum.memory(x.get_allocator()), standard_library::bits(x.capacity()));
  }
  template <class Sum>
  static void growth(const vector& x, Sum& sum) {
    const std::size_t capacity = standard_library::capacity_after_push_back(x);
    if (capacity == x.capacity()) return;
    const auto memory = sum.memory(x.get_allocator());
    sum.add(memory, standard_library::bits(capacity));
    sum.drop(memory, standard_library::bits(x.capacity()));
  }
};

template <class Character, class Traits, class Allocator>
struct dynamic_usage_traits<std::basic_string<Character, Traits, Allocator>> {
  using string = std::basic_string<Character, Traits, Allocator>;

  template <class Sum>
  static void blocks(const string& x, Sum& sum) {
    if (lies_inside(x)) return;
    sum.add(sum.memory(x.get_allocator()), block(x.capacity()));
  }
  template <class Sum>
  static void growth(const string& x, Sum& sum) {
    const std::size_t capacity = standard_library::capacity_after_push_back_of_string(x);
    if (capacity == x.capacity()) return;
    const auto memory = sum.memory(x.get_allocator());
    sum.add(memory, block(capacity));
    if (!lies_inside(x)) sum.drop(memory, block(x.capacity()));
  }

 private:
  // Short strings lie in the object itself. Core tells them so, too: by address.
  static bool lies_inside(const string& x) noexcept { return lies_inside_of(x, x.data()); }
  static constexpr block_shape block(std::size_t capacity) noexcept {
    return {(capacity + 1) * sizeof(Character), alignof(Character)};
  }
};

template <class T, class Allocator>
struct dynamic_usage_traits<std::deque<T, Allocator>> {
  using deque = std::deque<T, Allocator>;

  template <class Sum>
  static void blocks(const deque& x, Sum& sum) {
    const auto memory = sum.memory(x.get_allocator());
    const deque_layout now = standard_library::deque(x);
    sum.add(memory, now.block, now.blocks);
    sum.add(memory, now.map);
  }
  template <class Visit>
  static void elements(const deque& x, Visit& visit) {
    visit_range(x, visit);
  }
  template <class Sum>
  static void growth(const deque& x, Sum& sum) {
    const deque_layout now = standard_library::deque(x);
    const deque_layout next = standard_library::deque_after_push_back(x);
    if (next == now) return;
    const auto memory = sum.memory(x.get_allocator());
    sum.add(memory, next.block, next.blocks - now.blocks);
    sum.add(memory, next.map);
    sum.drop(memory, now.map);
  }
};

template <class T, class Allocator>
struct dynamic_usage_traits<std::list<T, Allocator>> {
  using list = std::list<T, Allocator>;

  template <class Sum>
  static void blocks(const list& x, Sum& sum) {
    sum.add(sum.memory(x.get_allocator()), standard_library::list_node<T>, x.size());
  }
  template <class Visit>
  static void elements(const list& x, Visit& visit) {
    visit_range(x, visit);
  }
  template <class Sum>
  static void growth(const list& x, Sum& sum) {
    sum.add(sum.memory(x.get_allocator()), standard_library::list_node<T>);
  }
};

template <class T, class Allocator>
struct dynamic_usage_traits<std::forward_list<T, Allocator>> {
  using list = std::forward_list<T, Allocator>;

  // Walks the list, which does not know its size.
  template <class Sum>
  static void blocks(const list& x, Sum& sum) {
    sum.add(sum.memory(x.get_allocator()), standard_library::forward_list_node<T>,
            static_cast<std::size_t>(std::distance(x.begin(), x.end())));
  }
  template <class Visit>
  static void elements(const list& x, Visit& visit) {
    visit_range(x, visit);
  }
  template <class Sum>
  static void growth(const list& x, Sum& sum) {
    sum.add(sum.memory(x.get_allocator()), standard_library::forward_list_node<T>);
  }
};

// Container adaptors cost what their container costs.
template <class Adaptor>
struct dynamic_usage_of_adaptor {
  using container = typename Adaptor::container_type;

  template <class Sum>
  static void blocks(const Adaptor& x, Sum& sum) {
    add_blocks(inside(x), sum);
  }
  template <class Visit>
  static void elements(const Adaptor& x, Visit& visit) {
    visit_elements(inside(x), visit);
  }
  template <class Sum>
  static void growth(const Adaptor& x, Sum& sum) {
    usage_traits_of<container>::growth(inside(x), sum);
  }

 private:
  // The standard names the protected member `c`.
  static const container& inside(const Adaptor& x) noexcept {
    struct opened : Adaptor {
      static const container& of(const Adaptor& adaptor) noexcept { return adaptor.*(&opened::c); }
    };
    return opened::of(x);
  }
};

template <class T, class Container>
struct dynamic_usage_traits<std::stack<T, Container>>
    : dynamic_usage_of_adaptor<std::stack<T, Container>> {};
template <class T, class Container>
struct dynamic_usage_traits<std::queue<T, Container>>
    : dynamic_usage_of_adaptor<std::queue<T, Container>> {};
template <class T, class Container, class Compare>
struct dynamic_usage_traits<std::priority_queue<T, Container, Compare>>
    : dynamic_usage_of_adaptor<std::priority_queue<T, Container, Compare>> {};

}  // namespace nearmem
