#include <cstdint>
#include <functional>

#include <gtest/gtest.h>

#include <nearmem/accounting/third_party/robin_map.hpp>

#include "tests/accounting/run_walk.hpp"

namespace nearmem {

template <class Key, class T, class Hash, class Equal, class Allocator, bool hash, class Growth>
inline constexpr bool
    minds_its_allocator<tsl::robin_map<Key, T, Hash, Equal, Allocator, hash, Growth>> = false;
template <class Key, class Hash, class Equal, class Allocator, bool hash, class Growth>
inline constexpr bool
    minds_its_allocator<tsl::robin_set<Key, Hash, Equal, Allocator, hash, Growth>> = false;

namespace {

template <class Key>
void walk_tables() {
  using equal = std::equal_to<Key>;
  using pair = std::pair<Key, sized<24, 8>>;
  using prime = tsl::rh::prime_growth_policy;
  using by_half = tsl::rh::mod_growth_policy<std::ratio<3, 2>>;
  run_walk<tsl::robin_set<Key, fast_hash, equal, on_recording<Key>>>();
  run_walk<tsl::robin_set<Key, fast_hash, equal, on_recording<Key>, true>>();
  run_walk<tsl::robin_set<Key, fast_hash, equal, on_recording<Key>, false, prime>>();
  run_walk<tsl::robin_map<Key, sized<24, 8>, fast_hash, equal, on_recording<pair>>>();
  run_walk<tsl::robin_map<Key, sized<24, 8>, fast_hash, equal, on_recording<pair>, true>>();
  run_walk<
      tsl::robin_map<Key, sized<24, 8>, fast_hash, equal, on_recording<pair>, false, by_half>>();
}

TEST(robin_map, is_exact) {
  walk_tables<std::uint16_t>();
  walk_tables<std::uint64_t>();
  walk_tables<sized<36, 4>>();
}

TEST(robin_map, announces_nothing_where_an_insertion_shrinks_the_table) {
  recording_resource resource;
  using set = tsl::robin_set<int, std::hash<int>, std::equal_to<>, on_recording<int>>;
  set large{on_recording<int>(resource)};
  large.reserve(1000);
  set small{on_recording<int>(resource)};
  for (int i = 0; i < 4; ++i)
    small.insert(i);
  large = small;  // which keeps the array, and gives it up at the next growth
  bool has_shrunk = false;
  for (int i = 10; i < 40; ++i) {
    const std::size_t before = dynamic_usage(large);
    const std::size_t announced = incremental_dynamic_usage(large);
    large.insert(i);
    const std::size_t after = dynamic_usage(large);
    has_shrunk = has_shrunk || after < before;
    EXPECT_EQ(announced, after > before ? after - before : 0U) << i;
    EXPECT_EQ(after + dynamic_usage(small), resource.usage().charged) << i;
  }
  EXPECT_TRUE(has_shrunk);
}

TEST(robin_map, keeps_the_array_that_a_move_left_behind_out_of_the_books) {
  recording_resource resource;
  using set = tsl::robin_set<int, std::hash<int>, std::equal_to<>, on_recording<int>>;
  set first{on_recording<int>(resource)};
  for (int i = 0; i < 100; ++i)
    first.insert(i);
  set second(std::move(first));
  EXPECT_EQ(dynamic_usage(second), resource.usage().charged);
}

}  // namespace
}  // namespace nearmem
