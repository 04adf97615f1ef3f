#include <cstdint>

#include <boost/container/pmr/flat_map.hpp>
#include <boost/container/pmr/map.hpp>
#include <boost/container/pmr/monotonic_buffer_resource.hpp>
#include <boost/container/pmr/small_vector.hpp>
#include <boost/container/pmr/vector.hpp>
#include <gtest/gtest.h>

#include <nearmem/accounting/dynamic_usage.hpp>
#include <nearmem/accounting/third_party/boost_container.hpp>
#include <nearmem/alloc/compat/boost_pmr.hpp>

#include "tests/accounting/recording_resource.hpp"

namespace nearmem {
namespace {

namespace pmr = boost::container::pmr;

TEST(boost_pmr, charges_boosts_aliases_what_the_resource_charges) {
  recording_resource resource;
  boost_resource bridge(resource);
  pmr::vector_of<std::uint64_t>::type numbers(&bridge);
  numbers.resize(9);
  EXPECT_EQ(dynamic_usage(numbers), resource.charge_for(72, 8));
  pmr::flat_map_of<int, int>::type flat(&bridge);
  pmr::map_of<int, int>::type tree(&bridge);
  using small_vector = pmr::small_vector_of<int, 2>::type;
  small_vector small{small_vector::allocator_type(&bridge)};
  for (int i = 0; i < 100; ++i) {
    flat.emplace(i, i);
    tree.emplace(i, i);
    small.push_back(i);
    ASSERT_EQ(
        dynamic_usage(numbers) + dynamic_usage(flat) + dynamic_usage(tree) + dynamic_usage(small),
        resource.usage().charged);
  }
}

TEST(boost_pmr, tells_two_bridges_to_one_resource_are_equal) {
  recording_resource first;
  recording_resource second;
  EXPECT_TRUE(boost_resource(first).is_equal(boost_resource(first)));
  EXPECT_FALSE(boost_resource(first).is_equal(boost_resource(second)));
}

TEST(boost_pmr, takes_a_foreign_resource_for_malloc) {
  pmr::monotonic_buffer_resource foreign;
  pmr::vector_of<std::uint64_t>::type numbers(&foreign);
  numbers.resize(9);
  EXPECT_EQ(dynamic_usage(numbers), malloc_usage(72));
}

}  // namespace
}  // namespace nearmem
