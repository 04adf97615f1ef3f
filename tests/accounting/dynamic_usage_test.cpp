#include <cstdint>
#include <map>
#include <memory>
#include <memory_resource>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/accounting/dynamic_usage.hpp>

#include "tests/accounting/recording_resource.hpp"

namespace nearmem {
namespace {

TEST(dynamic_usage, of_a_vector_is_its_capacity_by_the_model_of_malloc) {
  std::vector<std::int64_t> numbers;
  EXPECT_EQ(dynamic_usage(numbers), 0U);
  numbers.reserve(100);
  EXPECT_EQ(dynamic_usage(numbers), malloc_usage(800));
  EXPECT_EQ(modelled_usage(numbers, malloc_model::glibc_exact),
            malloc_usage(800, malloc_model::glibc_exact));
}

TEST(dynamic_usage, of_numbers_and_pointers_is_nothing) {
  int number = 7;
  EXPECT_EQ(dynamic_usage(number), 0U);
  EXPECT_EQ(dynamic_usage(&number), 0U);
  EXPECT_EQ(dynamic_usage(3.5), 0U);
}

TEST(dynamic_usage, of_a_map_is_cores_tree_nodes) {
  std::map<std::int64_t, std::int64_t> map{{1, 1}, {2, 2}};
  EXPECT_EQ(dynamic_usage(map),
            2 * malloc_usage(sizeof(stl_tree_node<std::pair<const std::int64_t, std::int64_t>>)));
}

TEST(dynamic_usage, asks_the_resource_behind_a_polymorphic_allocator) {
  recording_resource resource;
  std::pmr::vector<std::int64_t> numbers(&resource);
  numbers.resize(9);
  EXPECT_EQ(dynamic_usage(numbers), resource.charge_for(72, 8));
  EXPECT_EQ(dynamic_usage(numbers), resource.usage().charged);
  EXPECT_EQ(modelled_usage(numbers), malloc_usage(72));
}

TEST(dynamic_usage, asks_the_resource_that_an_allocator_names_by_type) {
  recording_resource resource;
  using allocator = recording_allocator<int, recording_resource>;
  std::vector<int, allocator> numbers(5, 1, allocator(resource));
  EXPECT_EQ(dynamic_usage(numbers), resource.charge_for(20, 4));
}

TEST(dynamic_usage, takes_a_foreign_resource_for_malloc) {
  std::pmr::monotonic_buffer_resource foreign;
  std::pmr::vector<int> numbers(5, 1, &foreign);
  EXPECT_EQ(dynamic_usage(numbers), malloc_usage(20));
}

TEST(dynamic_usage, follows_an_unordered_map_through_rehashes) {
  recording_resource resource;
  std::pmr::unordered_map<std::string, int> map(&resource);
  EXPECT_EQ(dynamic_usage(map), resource.usage().charged);
  for (int i = 0; i < 1000; ++i) {
    const std::size_t before = dynamic_usage(map);
    const std::size_t announced = incremental_dynamic_usage(map);
    map.emplace(std::to_string(i), i);
    ASSERT_EQ(dynamic_usage(map), resource.usage().charged);
    ASSERT_EQ(dynamic_usage(map) - before, announced);
  }
}

TEST(dynamic_usage, of_a_unique_pointer_is_its_pointee) {
  std::unique_ptr<std::string> none;
  EXPECT_EQ(dynamic_usage(none), 0U);
  const auto some = std::make_unique<std::string>(100, 'x');
  EXPECT_EQ(dynamic_usage(some), malloc_usage(sizeof(std::string)));
  EXPECT_EQ(recursive_dynamic_usage(some), malloc_usage(sizeof(std::string)) + malloc_usage(101));
}

TEST(recursive_dynamic_usage, counts_what_is_shared_once_when_asked) {
  recording_resource resource;
  const auto shared = std::allocate_shared<std::pmr::string>(
      std::pmr::polymorphic_allocator<std::pmr::string>(&resource), 200, 'x');
  const std::size_t one = resource.usage().charged;
  EXPECT_EQ(recursive_dynamic_usage(shared), one);
  const std::vector owners(3, shared);
  const std::size_t buffer = dynamic_usage(owners);
  EXPECT_EQ(recursive_dynamic_usage(owners), buffer + 3 * one);
  visited_blocks visited;
  EXPECT_EQ(recursive_dynamic_usage(owners, visited), buffer + one);
  EXPECT_EQ(recursive_dynamic_usage(shared, visited), 0U);
}

}  // namespace
}  // namespace nearmem
