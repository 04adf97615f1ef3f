#include "examples/fullnode/named.hpp"

#include <string_view>

#include <gtest/gtest.h>

#include "examples/fullnode/run_options.hpp"

namespace nearmem::fullnode {
namespace {

template <named Enumeration>
void expect_names_both_ways() {
  for (const std::string_view name : names_of(Enumeration{})) {
    const auto value = parse_name<Enumeration>(name);
    ASSERT_TRUE(value) << name;
    EXPECT_EQ(to_string(*value), name);
  }
  EXPECT_FALSE(parse_name<Enumeration>("of nothing"));
  EXPECT_FALSE(parse_name<Enumeration>(""));
}

TEST(named, are_found_by_their_names) {
  expect_names_both_ways<scenario>();
  expect_names_both_ways<profile>();
  expect_names_both_ways<resource_kind>();
  expect_names_both_ways<part>();
  EXPECT_EQ(to_string(scenario::steady), "steady");
  EXPECT_EQ(to_string(profile::priv), "private");
  EXPECT_EQ(to_string(resource_kind::core_pool), "core_pool");
  EXPECT_EQ(to_string(part::peers), "peers");
}

}  // namespace
}  // namespace nearmem::fullnode
