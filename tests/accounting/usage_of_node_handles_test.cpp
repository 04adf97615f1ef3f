#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include <gtest/gtest.h>

#include <nearmem/accounting/dynamic_usage.hpp>

#include "tests/accounting/recording_resource.hpp"
#include "tests/accounting/walk_elements.hpp"

namespace nearmem {
namespace {

// Takes one node out of a container with two elements.
template <class Container>
void take_a_node_out() {
  recording_resource resource;
  Container container(&resource);
  using value = typename Container::value_type;
  container.insert(element_of<value>::make(50));
  container.insert(element_of<value>::make(60));
  auto node = container.extract(container.begin());
  EXPECT_EQ(recursive_dynamic_usage(container) + recursive_dynamic_usage(node),
            resource.usage().charged);
  const std::size_t with_node = resource.usage().charged;
  const std::size_t of_node = recursive_dynamic_usage(node);
  EXPECT_GT(of_node, 0);
  node = {};
  EXPECT_EQ(dynamic_usage(node), 0);
  EXPECT_EQ(recursive_dynamic_usage(node), 0);
  EXPECT_EQ(resource.usage().charged, with_node - of_node);
}

TEST(usage_of_node_handles, is_one_node_and_what_hangs_on_it) {
  take_a_node_out<std::pmr::set<std::pmr::string>>();
  take_a_node_out<std::pmr::multiset<std::uint64_t>>();
  take_a_node_out<std::pmr::map<std::pmr::string, std::uint8_t>>();
  take_a_node_out<std::pmr::multimap<std::uint64_t, std::pmr::string>>();
  take_a_node_out<std::pmr::unordered_set<sized<3>, fast_hash>>();
  take_a_node_out<std::pmr::unordered_multiset<sized<3>, throwing_hash>>();
  take_a_node_out<std::pmr::unordered_map<std::uint64_t, std::pmr::string, fast_hash>>();
  take_a_node_out<std::pmr::unordered_multimap<std::uint64_t, std::uint8_t, throwing_hash>>();
}

TEST(usage_of_node_handles, is_mallocs_without_a_resource) {
  std::set<std::uint64_t> numbers{1, 2};
  const auto node = numbers.extract(1);
  EXPECT_EQ(dynamic_usage(node), dynamic_usage(numbers));
}

}  // namespace
}  // namespace nearmem
