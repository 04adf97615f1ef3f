#include <cstdint>
#include <limits>
#include <list>
#include <map>
#include <memory>
#include <new>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/accounting/dynamic_usage.hpp>
#include <nearmem/alloc/arena_resource.hpp>
#include <nearmem/alloc/resource_allocator.hpp>
#include <nearmem/alloc/unsynchronized_slab_resource.hpp>

#include "tests/alloc/simulated_machine.hpp"

namespace nearmem {
namespace {

template <class T>
using slab_allocator = resource_allocator<T, unsynchronized_slab_resource>;

struct a_resource_allocator : testing::Test {
  resource_options on_source() {
    resource_options options;
    options.pages = &source;
    return options;
  }

  simulated_machine simulated;
  page_source source = simulated.make();
  unsynchronized_slab_resource resource{on_source()};
  unsynchronized_slab_resource other{on_source()};
};

TEST_F(a_resource_allocator, serves_standard_containers) {
  using pair = std::pair<const int, int>;
  std::unordered_map<int, int, std::hash<int>, std::equal_to<>, slab_allocator<pair>> map(
      &resource);
  std::list<std::string, slab_allocator<std::string>> list(&resource);
  for (int i = 0; i < 1000; ++i) {
    map[i] = i;
    list.push_back(std::to_string(i));
    ASSERT_EQ(dynamic_usage(map) + dynamic_usage(list), resource.usage().charged);
  }
  EXPECT_EQ(map.get_allocator().resource(), &resource);
}

TEST_F(a_resource_allocator, serves_arenas) {
  arena_resource arena(on_source());
  std::vector<int, resource_allocator<int, arena_resource>> numbers(&arena);
  for (int i = 0; i < 1000; ++i)
    numbers.push_back(i);
  EXPECT_EQ(dynamic_usage(numbers), arena.usage().charged);
}

TEST_F(a_resource_allocator, is_equal_to_those_of_its_resource) {
  EXPECT_EQ(slab_allocator<int>(&resource), slab_allocator<char>(&resource));
  EXPECT_NE(slab_allocator<int>(&resource), slab_allocator<int>(&other));
}

TEST_F(a_resource_allocator, stays_with_its_container_under_assignment) {
  using numbers = std::vector<int, slab_allocator<int>>;
  numbers here({1, 2, 3}, &resource);
  numbers there(&other);
  there = here;
  EXPECT_EQ(there.get_allocator().resource(), &other);
  there = std::move(here);
  EXPECT_EQ(there.get_allocator().resource(), &other);
  EXPECT_EQ(there.size(), 3u);
  numbers copy(there);
  EXPECT_EQ(copy.get_allocator().resource(), &other);
}

TEST_F(a_resource_allocator, refuses_what_cannot_be_counted) {
  slab_allocator<long> allocator(&resource);
  EXPECT_THROW(static_cast<void>(allocator.allocate(std::numeric_limits<std::size_t>::max() / 4)),
               std::bad_array_new_length);
}

struct first_part {
  std::uint64_t numbers[4];
  virtual ~first_part() = default;
};
struct shared_whole : first_part {
  std::uint32_t more[50];
};

}  // namespace

template <>
struct dynamic_usage_traits<first_part> : owns_no_heap {};
template <>
struct dynamic_usage_traits<shared_whole> : owns_no_heap {};

namespace {

TEST_F(a_resource_allocator, is_recognised_behind_shared_objects_by_owners_of_any_type) {
  const auto charged = [&] { return resource.usage().charged; };
  std::weak_ptr<first_part> weak;
  {
    // An allocator of any type: it is rebound.
    const auto whole = std::allocate_shared<shared_whole>(slab_allocator<int>(&resource));
    EXPECT_EQ(dynamic_usage(whole), charged());
    const std::shared_ptr<const first_part> as_base = whole;
    EXPECT_EQ(dynamic_usage(as_base), charged());
    const std::shared_ptr<std::uint32_t> alias(whole, &whole->more[7]);
    EXPECT_EQ(dynamic_usage(alias), charged());
    weak = whole;
    EXPECT_EQ(dynamic_usage(weak), charged());
  }
  EXPECT_GT(charged(), 0u);
  EXPECT_EQ(dynamic_usage(weak), charged());
  weak.reset();
  EXPECT_EQ(charged(), 0u);

  const auto constant = std::allocate_shared<const int>(slab_allocator<int>(&resource), 7);
  EXPECT_EQ(dynamic_usage(constant), charged());
}

TEST_F(a_resource_allocator, is_recognised_behind_shared_objects_in_an_arena) {
  arena_resource in_arena(arena_options{on_source()});
  const auto shared =
      std::allocate_shared<shared_whole>(resource_allocator<char, arena_resource>(&in_arena));
  EXPECT_EQ(dynamic_usage(shared), in_arena.usage().charged);
}

}  // namespace
}  // namespace nearmem
