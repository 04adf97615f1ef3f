#include <cstdint>
#include <string>

#include <gtest/gtest.h>

#include <nearmem/accounting/third_party/boost_container.hpp>

#include "tests/accounting/run_walk.hpp"

namespace nearmem {
namespace {

namespace bc = boost::container;

template <class T>
void walk_vectors() {
  run_walk<bc::vector<T, on_recording<T>>>();
  run_walk<bc::small_vector<T, 1, on_recording<T>>>();
  run_walk<bc::small_vector<T, 13, on_recording<T>>>();
}

TEST(boost_container, is_exact_for_vectors) {
  walk_vectors<std::uint8_t>();
  walk_vectors<std::uint64_t>();
  walk_vectors<sized<40, 8>>();
  walk_vectors<sized<300>>();
}

TEST(boost_container, is_exact_for_vectors_that_grow_as_told) {
  using doubling = bc::vector_options<bc::growth_factor<bc::growth_factor_100>>::type;
  run_walk<bc::vector<int, on_recording<int>, doubling>>();
  using halving = bc::small_vector_options<bc::growth_factor<bc::growth_factor_50>>::type;
  run_walk<bc::small_vector<int, 4, on_recording<int>, halving>>();
}

TEST(boost_container, is_exact_for_vectors_up_to_what_their_counter_holds) {
  using counted = bc::vector_options<bc::stored_size<unsigned char>>::type;
  recording_resource resource;
  bc::vector<int, on_recording<int>, counted> few{on_recording<int>(resource)};
  for (int i = 0; i < 255; ++i) {
    const std::size_t before = dynamic_usage(few);
    const std::size_t announced = incremental_dynamic_usage(few);
    few.push_back(i);
    EXPECT_EQ(dynamic_usage(few) - before, announced) << i;
    EXPECT_EQ(dynamic_usage(few), resource.usage().charged) << i;
  }
  EXPECT_EQ(incremental_dynamic_usage(few), 0U);  // the next one throws
}

template <class Key>
void walk_keyed() {
  using pair = std::pair<Key, std::uint64_t>;
  using constant = std::pair<const Key, std::uint64_t>;
  using less = std::less<Key>;
  run_walk<bc::flat_set<Key, less, on_recording<Key>>>();
  run_walk<bc::flat_multiset<Key, less, on_recording<Key>>>();
  run_walk<bc::flat_map<Key, std::uint64_t, less, on_recording<pair>>>();
  run_walk<bc::flat_multimap<Key, std::uint64_t, less, on_recording<pair>>>();
  run_walk<bc::set<Key, less, on_recording<Key>>>();
  run_walk<bc::multiset<Key, less, on_recording<Key>>>();
  run_walk<bc::map<Key, std::uint64_t, less, on_recording<constant>>>();
  run_walk<bc::multimap<Key, std::uint64_t, less, on_recording<constant>>>();
}

TEST(boost_container, is_exact_for_flat_and_for_node_containers) {
  walk_keyed<std::uint16_t>();
  walk_keyed<sized<36, 4>>();
}

TEST(boost_container, is_exact_for_lists_and_strings) {
  run_walk<bc::list<std::uint16_t, on_recording<std::uint16_t>>>();
  run_walk<bc::slist<sized<24, 8>, on_recording<sized<24, 8>>>>();
  run_walk<bc::basic_string<char, std::char_traits<char>, on_recording<char>>>();
  run_walk<bc::basic_string<char32_t, std::char_traits<char32_t>, on_recording<char32_t>>>();
}

TEST(boost_container, charges_a_static_vector_for_its_elements_only) {
  bc::static_vector<std::string, 3> lines{std::string(100, 'x'), "short"};
  EXPECT_EQ(dynamic_usage(lines), 0U);
  EXPECT_EQ(recursive_dynamic_usage(lines), malloc_usage(101));
}

TEST(boost_container, charges_a_small_vector_for_nothing_while_it_is_small) {
  bc::small_vector<int, 8> numbers(8);
  EXPECT_EQ(dynamic_usage(numbers), 0U);
  numbers.push_back(9);
  EXPECT_EQ(dynamic_usage(numbers), malloc_usage(numbers.capacity() * sizeof(int)));
}

}  // namespace
}  // namespace nearmem
