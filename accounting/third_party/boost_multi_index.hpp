#pragma once

#include <cstddef>
#include <limits>
#include <utility>

#include <boost/mpl/size.hpp>
#include <boost/multi_index/detail/bucket_array.hpp>
#include <boost/multi_index/detail/node_type.hpp>
#include <boost/multi_index_container.hpp>

#include <nearmem/accounting/dynamic_usage_traits.hpp>

namespace nearmem {

// Boost.MultiIndex (1.74; any later one that passes the tests). One node an element, with the links
// of all indices in it, and one more, empty, that ends the indices; an array for each hashed index
// (its buckets and one) and for each random access index (its capacity and one).
//
//   node  [ links of index 0 │ links of index 1 │ … │ element ]
//
// A copy that is made with another allocator leaves its hashed and random access arrays on the
// first one's (Boost 1.74); it is charged as if they were on its own.
//
// Bitcoin Core guesses nine pointers for its mempool's links.
template <class T, class Indices, class Allocator>
struct dynamic_usage_traits<boost::multi_index::multi_index_container<T, Indices, Allocator>> {
  using container = boost::multi_index::multi_index_container<T, Indices, Allocator>;

  // An element with all its links.
  static constexpr block_shape node = shape_of<
      typename boost::multi_index::detail::multi_index_node_type<T, Indices, Allocator>::type>;

  template <class Sum>
  static void blocks(const container& x, Sum& sum) {
    const auto memory = sum.memory(x.get_allocator());
    sum.add(memory, node, x.size() + 1);
    for_each_index(x, [&](const auto& index) { sum.add(memory, array(index)); });
  }
  template <class Visit>
  static void elements(const container& x, Visit& visit) {
    visit_range(x, visit);
  }
  template <class Sum>
  static void growth(const container& x, Sum& sum) {
    const auto memory = sum.memory(x.get_allocator());
    sum.add(memory, node);
    for_each_index(x, [&](const auto& index) {
      const block_shape next = array_after_insertion(index);
      if (next == array(index)) return;
      sum.add(memory, next);
      sum.drop(memory, array(index));
    });
  }

 private:
  // The sizes that a hashed index's array may have.
  struct bucket_sizes : boost::multi_index::detail::bucket_array_base<> {
    static std::size_t at_least(std::size_t count) noexcept { return sizes[size_index(count)]; }
  };

  static constexpr block_shape pointers(std::size_t count) noexcept {
    return {count * sizeof(void*), alignof(void*)};
  }
  template <class Index>
  static block_shape array(const Index& index) noexcept {
    if constexpr (requires { index.bucket_count(); }) {
      return pointers(index.bucket_count() + 1);
    } else if constexpr (requires { index.capacity(); }) {
      return pointers(index.capacity() + 1);
    } else {
      return {};
    }
  }
  template <class Index>
  static block_shape array_after_insertion(const Index& index) noexcept {
    if constexpr (requires { index.bucket_count(); }) {
      // As hashed_index computes its largest load, and the next size when it is exceeded: in float.
      const float load = index.max_load_factor();
      const float most = load * static_cast<float>(index.bucket_count());
      const std::size_t size = index.size() + 1;
      if (size <= as_size(most)) return array(index);
      const float wanted = 1.0F + static_cast<float>(size) / load;
      return pointers(bucket_sizes::at_least(as_size(wanted)) + 1);
    } else if constexpr (requires { index.capacity(); }) {
      const std::size_t capacity = index.capacity();
      if (index.size() < capacity) return array(index);
      return pointers((capacity <= 10 ? 15 : capacity + capacity / 2) + 1);
    } else {
      return {};
    }
  }
  static std::size_t as_size(float count) noexcept {
    constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
    return static_cast<float>(most) > count ? static_cast<std::size_t>(count) : most;
  }

  template <class Function>
  static void for_each_index(const container& x, Function&& function) {
    constexpr auto count =
        static_cast<std::size_t>(boost::mpl::size<typename container::index_type_list>::value);
    [&]<std::size_t... n>(std::index_sequence<n...>) {
      (function(x.template get<static_cast<int>(n)>()), ...);
    }(std::make_index_sequence<count>());
  }
};

}  // namespace nearmem
