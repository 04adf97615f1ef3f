#include <any>
#include <cstdint>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <memory_resource>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/accounting/dynamic_usage.hpp>
#include <nearmem/accounting/dynamic_usage_traits.hpp>

#include "tests/accounting/recording_resource.hpp"

namespace nearmem {
namespace {

struct coin {
  std::pmr::vector<std::uint8_t> script;
  std::vector<std::string> witness;
  std::int64_t value;
};

struct outpoint {
  std::uint8_t hash[32];
  std::uint32_t index;
};

struct not_covered {
  int value;
};

enum class colour { red };

class book : public std::map<int, int> {};

// A small-buffer vector of the kind that Bitcoin Core's prevector is.
struct small_vector {
  using value_type = std::string;

  std::size_t allocated_memory() const { return items.size() <= 2 ? 0 : 40 * items.size(); }
  auto begin() const { return items.begin(); }
  auto end() const { return items.end(); }

  std::vector<std::string> items;
};

struct arena_like {
  resource_usage usage() const {
    resource_usage all;
    all.footprint = 4096;
    return all;
  }
};

}  // namespace

template <>
struct dynamic_usage_traits<coin> {
  static auto members(const coin& x) { return std::tie(x.script, x.witness, x.value); }
};
template <>
struct dynamic_usage_traits<outpoint> : owns_no_heap {};
template <>
struct dynamic_usage_traits<book> : dynamic_usage_traits<std::map<int, int>> {};

namespace {

TEST(dynamic_usage_traits, of_members_sum_them_up_each_by_its_own_source) {
  recording_resource resource;
  const coin one{std::pmr::vector<std::uint8_t>(50, 1, &resource), {std::string(100, 'x')}, 7};
  EXPECT_EQ(dynamic_usage(one), resource.usage().charged + malloc_usage(sizeof(std::string)));
  EXPECT_EQ(recursive_dynamic_usage(one), dynamic_usage(one) + malloc_usage(101));
  EXPECT_EQ(modelled_usage(one), malloc_usage(50) + malloc_usage(sizeof(std::string)));
}

TEST(dynamic_usage_traits, reach_elements_of_own_types) {
  std::vector<coin> coins(3);
  coins[1].witness.emplace_back(100, 'x');
  EXPECT_EQ(recursive_dynamic_usage(coins),
            dynamic_usage(coins) + malloc_usage(sizeof(std::string)) + malloc_usage(101));
}

TEST(dynamic_usage_traits, say_that_a_type_owns_nothing) {
  static_assert(heap_free<outpoint>);
  static_assert(heap_free<colour>);
  EXPECT_EQ(recursive_dynamic_usage(std::vector<outpoint>()), 0U);
}

TEST(dynamic_usage_traits, are_inherited_where_a_type_is) {
  book numbers;
  numbers[1] = 2;
  EXPECT_EQ(dynamic_usage(numbers), (dynamic_usage(std::map<int, int>{{1, 2}})));
}

TEST(dynamic_usage_traits, do_not_cover_what_nobody_described) {
  static_assert(!has_dynamic_usage<not_covered>);
  static_assert(!has_dynamic_usage<std::any>);
  static_assert(!has_dynamic_usage<std::function<void()>>);
  static_assert(!has_dynamic_usage<std::future<int>>);
  static_assert(!has_dynamic_usage<std::reference_wrapper<int>>);
  static_assert(!has_dynamic_usage<std::unique_ptr<int[]>>);
  static_assert(!has_dynamic_usage<std::shared_ptr<void>>);
  static_assert(!has_dynamic_usage<std::pair<int&, int>>);
  static_assert(has_dynamic_usage<std::vector<not_covered>>);
  static_assert(!has_growth<std::string*>);
}

TEST(dynamic_usage_traits, take_allocated_memory_from_a_small_buffer_vector) {
  small_vector small;
  EXPECT_EQ(dynamic_usage(small), 0U);
  small.items.assign(3, std::string(100, 'x'));
  EXPECT_EQ(dynamic_usage(small), malloc_usage(120));
  EXPECT_EQ(recursive_dynamic_usage(small), malloc_usage(120) + 3 * malloc_usage(101));
}

TEST(dynamic_usage_traits, take_the_footprint_of_what_keeps_books) {
  EXPECT_EQ(dynamic_usage(arena_like()), 4096U);
  EXPECT_EQ(modelled_usage(arena_like()), 4096U);
}

}  // namespace
}  // namespace nearmem
