#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>

#include <gtest/gtest.h>

#include <nearmem/accounting/standard_layout.hpp>
#include <nearmem/accounting/standard_library.hpp>

#include "tests/accounting/walk_elements.hpp"

namespace nearmem {
namespace {

// The walks of tests/property hold the rest; here is what a reader may want to see in numbers.

using int_hash = std::hash<std::uint64_t>;

TEST(standard_library, keeps_the_hash_code_in_a_node_only_where_hashing_is_slow_or_may_throw) {
  constexpr auto fast = libstdcxx::hash_node<std::uint64_t, std::uint64_t, int_hash>;
  constexpr auto throws = libstdcxx::hash_node<std::uint64_t, std::uint64_t, throwing_hash>;
  EXPECT_EQ(fast, (block_shape{16, 8}));
  EXPECT_EQ(throws, (block_shape{24, 8}));
}

TEST(standard_library, holds_one_bucket_inside_the_container) {
  const std::unordered_map<int, int> empty;
  EXPECT_EQ(standard_library::buckets(empty, empty.bucket_count()).bytes, 0U);
  EXPECT_EQ(standard_library::buckets(empty, 13), (block_shape{104, 8}));
}

TEST(standard_library, remembers_when_it_will_rehash_next) {
  std::unordered_map<int, int> map;
  for (int i = 0; i < 13; ++i)
    map.emplace(i, i);
  ASSERT_EQ(map.bucket_count(), 13U);
  EXPECT_GT(standard_library::buckets_after_insertion(map), 13U);
  // A larger load is not noticed before the next insertion, which then need not rehash.
  map.max_load_factor(4.0F);
  EXPECT_EQ(standard_library::buckets_after_insertion(map), 13U);
  map.emplace(13, 13);
  EXPECT_EQ(map.bucket_count(), 13U);
}

}  // namespace
}  // namespace nearmem
