#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>

#include <boost/container/flat_map.hpp>
#include <boost/container/flat_set.hpp>
#include <boost/container/list.hpp>
#include <boost/container/map.hpp>
#include <boost/container/set.hpp>
#include <boost/container/slist.hpp>
#include <boost/container/small_vector.hpp>
#include <boost/container/static_vector.hpp>
#include <boost/container/string.hpp>
#include <boost/container/vector.hpp>

#include <nearmem/accounting/dynamic_usage_traits.hpp>

namespace nearmem {

// Boost.Container (1.74; any later one that passes the tests): vectors, strings, flat and node
// containers with allocators that allocate exactly what they are asked for (not Boost's own
// "version 2" ones). For its pmr aliases see alloc/compat/boost_pmr.hpp. deque and stable_vector
// are not covered.

// By how much a vector grows, and up to what, as its options say.
template <class Vector>
struct boost_growth;
template <class T, class Allocator, class Options>
struct boost_growth<boost::container::vector<T, Allocator, Options>> {
  using options = typename boost::container::get_vector_opt<Options, std::size_t>::type;
  using factor = typename options::growth_factor_type;
  // What counts the elements may be narrower than std::size_t.
  static constexpr std::size_t most =
      std::numeric_limits<typename options::stored_size_type>::max();
};
template <class T, std::size_t size, class Allocator, class Options>
struct boost_growth<boost::container::small_vector<T, size, Allocator, Options>>
    : boost_growth<typename boost::container::small_vector_base<T, Allocator, Options>::base_type> {
};

// One array of `capacity` elements, unless they lie inside.
template <class Vector, class Sequence = Vector>
struct dynamic_usage_of_boost_vector {
  using value = typename Vector::value_type;

  template <class Sum>
  static void blocks(const Vector& x, Sum& sum) {
    if (!is_small(x)) sum.add(sum.memory(x.get_allocator()), block(x.capacity()));
  }
  template <class Visit>
  static void elements(const Vector& x, Visit& visit) {
    visit_range(x, visit);
  }
  template <class Sum>
  static void growth(const Vector& x, Sum& sum) {
    if (x.size() < x.capacity()) return;
    const auto memory = sum.memory(x.get_allocator());
    sum.add(memory, block(next_capacity(x)));
    if (!is_small(x)) sum.drop(memory, block(x.capacity()));
  }

 private:
  static constexpr block_shape block(std::size_t capacity) noexcept {
    return {capacity * sizeof(value), alignof(value)};
  }
  static std::size_t next_capacity(const Vector& x) noexcept {
    using factor = typename boost_growth<Sequence>::factor;
    const std::size_t most = std::min<std::size_t>(x.max_size(), boost_growth<Sequence>::most);
    const std::size_t now = x.capacity();
    return now < most ? factor()(now, std::size_t{1}, most) : now;
  }
  static bool is_small(const Vector& x) noexcept {
    return lies_inside_of(x, boost::movelib::iterator_to_raw_pointer(x.begin()));
  }
};

template <class T, class Allocator, class Options>
struct dynamic_usage_traits<boost::container::vector<T, Allocator, Options>>
    : dynamic_usage_of_boost_vector<boost::container::vector<T, Allocator, Options>> {};
template <class T, std::size_t size, class Allocator, class Options>
struct dynamic_usage_traits<boost::container::small_vector<T, size, Allocator, Options>>
    : dynamic_usage_of_boost_vector<boost::container::small_vector<T, size, Allocator, Options>> {};

template <class T, std::size_t size, class Options>
struct dynamic_usage_traits<boost::container::static_vector<T, size, Options>> {
  static constexpr bool owns_nothing = heap_free<T>;

  template <class Sum>
  static void blocks(const boost::container::static_vector<T, size, Options>&, Sum&) noexcept {}
  template <class Visit>
  static void elements(const boost::container::static_vector<T, size, Options>& x, Visit& visit) {
    visit_range(x, visit);
  }
};

// Flat containers are a vector of theirs.
template <class Flat>
struct dynamic_usage_of_boost_flat
    : dynamic_usage_of_boost_vector<Flat, typename Flat::sequence_type> {};

template <class Key, class T, class Compare, class Allocator>
struct dynamic_usage_traits<boost::container::flat_map<Key, T, Compare, Allocator>>
    : dynamic_usage_of_boost_flat<boost::container::flat_map<Key, T, Compare, Allocator>> {};
template <class Key, class T, class Compare, class Allocator>
struct dynamic_usage_traits<boost::container::flat_multimap<Key, T, Compare, Allocator>>
    : dynamic_usage_of_boost_flat<boost::container::flat_multimap<Key, T, Compare, Allocator>> {};
template <class Key, class Compare, class Allocator>
struct dynamic_usage_traits<boost::container::flat_set<Key, Compare, Allocator>>
    : dynamic_usage_of_boost_flat<boost::container::flat_set<Key, Compare, Allocator>> {};
template <class Key, class Compare, class Allocator>
struct dynamic_usage_traits<boost::container::flat_multiset<Key, Compare, Allocator>>
    : dynamic_usage_of_boost_flat<boost::container::flat_multiset<Key, Compare, Allocator>> {};

// One node an element; the type of the node is that of the allocator that is kept for it.
template <class Container>
struct dynamic_usage_of_boost_nodes {
  static constexpr block_shape node = shape_of<typename boost::container::allocator_traits<
      typename Container::stored_allocator_type>::value_type>;

  template <class Sum>
  static void blocks(const Container& x, Sum& sum) {
    sum.add(sum.memory(x.get_allocator()), node, x.size());
  }
  template <class Visit>
  static void elements(const Container& x, Visit& visit) {
    visit_range(x, visit);
  }
  template <class Sum>
  static void growth(const Container& x, Sum& sum) {
    sum.add(sum.memory(x.get_allocator()), node);
  }
};

template <class T, class Allocator>
struct dynamic_usage_traits<boost::container::list<T, Allocator>>
    : dynamic_usage_of_boost_nodes<boost::container::list<T, Allocator>> {};
template <class T, class Allocator>
struct dynamic_usage_traits<boost::container::slist<T, Allocator>>
    : dynamic_usage_of_boost_nodes<boost::container::slist<T, Allocator>> {};
template <class Key, class Compare, class Allocator, class Options>
struct dynamic_usage_traits<boost::container::set<Key, Compare, Allocator, Options>>
    : dynamic_usage_of_boost_nodes<boost::container::set<Key, Compare, Allocator, Options>> {};
template <class Key, class Compare, class Allocator, class Options>
struct dynamic_usage_traits<boost::container::multiset<Key, Compare, Allocator, Options>>
    : dynamic_usage_of_boost_nodes<boost::container::multiset<Key, Compare, Allocator, Options>> {};
template <class Key, class T, class Compare, class Allocator, class Options>
struct dynamic_usage_traits<boost::container::map<Key, T, Compare, Allocator, Options>>
    : dynamic_usage_of_boost_nodes<boost::container::map<Key, T, Compare, Allocator, Options>> {};
template <class Key, class T, class Compare, class Allocator, class Options>
struct dynamic_usage_traits<boost::container::multimap<Key, T, Compare, Allocator, Options>>
    : dynamic_usage_of_boost_nodes<
          boost::container::multimap<Key, T, Compare, Allocator, Options>> {};

// An array of the capacity and a terminator; it doubles with the terminator counted in.
template <class Character, class Traits, class Allocator>
struct dynamic_usage_traits<boost::container::basic_string<Character, Traits, Allocator>> {
  using string = boost::container::basic_string<Character, Traits, Allocator>;

  template <class Sum>
  static void blocks(const string& x, Sum& sum) {
    if (!lies_inside_of(x, x.data())) {
      sum.add(sum.memory(x.get_allocator()), block(x.capacity() + 1));
    }
  }
  template <class Sum>
  static void growth(const string& x, Sum& sum) {
    if (x.size() < x.capacity()) return;
    const auto memory = sum.memory(x.get_allocator());
    const std::size_t now = x.capacity() + 1;
    sum.add(memory, block(boost::container::growth_factor_100()(now, std::size_t{1},
                                                                std::size_t{x.max_size()})));
    if (!lies_inside_of(x, x.data())) sum.drop(memory, block(now));
  }

 private:
  static constexpr block_shape block(std::size_t characters) noexcept {
    return {characters * sizeof(Character), alignof(Character)};
  }
};

}  // namespace nearmem
