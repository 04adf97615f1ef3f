#include <cstdint>
#include <deque>
#include <forward_list>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <memory_resource>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/accounting/dynamic_usage.hpp>
#include <nearmem/alloc/arena_resource.hpp>
#include <nearmem/alloc/compat/core_pool.hpp>
#include <nearmem/alloc/resource_allocator.hpp>
#include <nearmem/alloc/synchronized_slab_resource.hpp>
#include <nearmem/alloc/unsynchronized_slab_resource.hpp>

#include "tests/accounting/run_walk.hpp"

namespace nearmem {
namespace {

// The walks that hold the accounting to a recording resource, on the resources that node code has.

template <class Resource>
void walk_everything(int steps) {
  run_walk<std::pmr::vector<std::uint64_t>, Resource>(steps);
  run_walk<std::pmr::vector<bool>, Resource>(steps);
  run_walk<std::pmr::string, Resource>(steps);
  run_walk<std::pmr::vector<std::pmr::string>, Resource>(steps);
  run_walk<std::pmr::deque<sized<24, 8>>, Resource>(steps);
  run_walk<std::pmr::list<sized<300>>, Resource>(steps);
  run_walk<std::pmr::forward_list<sized<64, 64>>, Resource>(steps);
  run_walk<std::pmr::multimap<std::uint64_t, std::uint64_t>, Resource>(steps);
  run_walk<std::pmr::set<std::pmr::string>, Resource>(steps);
  run_walk<std::pmr::unordered_map<sized<36, 4>, sized<48, 8>, fast_hash>, Resource>(steps);
  run_walk<std::pmr::unordered_multiset<std::pmr::string>, Resource>(steps);
}

TEST(dynamic_usage_on_resources, meets_an_unsynchronized_slab_resource) {
  walk_everything<unsynchronized_slab_resource>(2000);
}
TEST(dynamic_usage_on_resources, meets_a_synchronized_slab_resource) {
  walk_everything<synchronized_slab_resource>(500);
}
TEST(dynamic_usage_on_resources, meets_an_arena_resource) {
  walk_everything<arena_resource>(500);
}
TEST(dynamic_usage_on_resources, meets_bitcoin_cores_pool) {
  walk_everything<PoolResource<160, 8>>(2000);
}

template <class T>
using on_slabs = resource_allocator<T, unsynchronized_slab_resource>;

template <class Container>
void walk_on_slabs() {
  run_walk<Container, unsynchronized_slab_resource>(2000);
}

TEST(dynamic_usage_on_resources, meets_resource_allocators_of_every_container) {
  using key = std::uint64_t;
  using pair = std::pair<const key, sized<48, 8>>;
  using less = std::less<>;
  using equal = std::equal_to<>;
  walk_on_slabs<std::vector<sized<24, 8>, on_slabs<sized<24, 8>>>>();
  walk_on_slabs<std::vector<bool, on_slabs<bool>>>();
  walk_on_slabs<std::basic_string<char, std::char_traits<char>, on_slabs<char>>>();
  walk_on_slabs<std::deque<sized<300>, on_slabs<sized<300>>>>();
  walk_on_slabs<std::list<sized<64, 64>, on_slabs<sized<64, 64>>>>();
  walk_on_slabs<std::forward_list<key, on_slabs<key>>>();
  walk_on_slabs<std::set<key, less, on_slabs<key>>>();
  walk_on_slabs<std::multiset<key, less, on_slabs<key>>>();
  walk_on_slabs<std::map<key, sized<48, 8>, less, on_slabs<pair>>>();
  walk_on_slabs<std::multimap<key, sized<48, 8>, less, on_slabs<pair>>>();
  walk_on_slabs<std::unordered_set<key, fast_hash, equal, on_slabs<key>>>();
  walk_on_slabs<std::unordered_multiset<key, throwing_hash, equal, on_slabs<key>>>();
  walk_on_slabs<std::unordered_map<key, sized<48, 8>, fast_hash, equal, on_slabs<pair>>>();
  walk_on_slabs<std::unordered_multimap<key, sized<48, 8>, fast_hash, equal, on_slabs<pair>>>();
}

TEST(dynamic_usage_on_resources, announces_every_rehash_on_slabs) {
  using resource = unsynchronized_slab_resource;
  using pair = std::pair<const std::uint64_t, std::uint64_t>;
  using map = std::unordered_map<std::uint64_t, std::uint64_t, std::hash<std::uint64_t>,
                                 std::equal_to<>, resource_allocator<pair, resource>>;
  resource slabs;
  map numbers{resource_allocator<pair, resource>(&slabs)};
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    const std::size_t before = slabs.usage().charged;
    const std::size_t announced = incremental_dynamic_usage(numbers);
    numbers.emplace(i, i);
    ASSERT_EQ(slabs.usage().charged - before, announced);
    ASSERT_EQ(dynamic_usage(numbers), slabs.usage().charged);
  }
}

TEST(dynamic_usage_on_resources, counts_what_vectors_share_on_slabs_once) {
  unsynchronized_slab_resource slabs;
  const std::pmr::polymorphic_allocator<std::pmr::string> allocator(&slabs);
  std::pmr::vector<std::shared_ptr<std::pmr::string>> owners(&slabs);
  for (std::size_t i = 0; i < 100; ++i) {
    owners.push_back(std::allocate_shared<std::pmr::string>(allocator, i, 'x'));
    owners.push_back(owners[i / 2]);
  }
  visited_blocks visited;
  EXPECT_EQ(recursive_dynamic_usage(owners, visited), slabs.usage().charged);
  EXPECT_GT(recursive_dynamic_usage(owners), slabs.usage().charged);
}

}  // namespace
}  // namespace nearmem
