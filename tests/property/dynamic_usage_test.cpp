#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/accounting/dynamic_usage.hpp>

#include "tests/accounting/walk_list.hpp"
#include "tests/property/seeded_property.hpp"

namespace nearmem {
namespace {

walk_step step_of(std::uint32_t word) {
  return {static_cast<std::uint8_t>(word % 256), word / 256};
}

// Random operations in random number, shrunk when they fail.
void walk_with_rapidcheck(const walk_list& walks) {
  constexpr int cases = 100;
  std::size_t steps = 0;
  for (const walk_entry& entry : walks) {
    check_property(entry.name, cases, [&entry, &steps] {
      const auto words = *rc::gen::container<std::vector<std::uint32_t>>(
          rc::gen::inRange<std::uint32_t>(0, 1U << 31));
      const auto walk = entry.begin();
      for (const std::uint32_t word : words) {
        ++steps;
        if (const std::string failure = walk->take(step_of(word)); !failure.empty()) {
          RC_FAIL(failure);
        }
      }
    });
  }
  // Together, the three lists are walked for far more than 100,000 steps.
  EXPECT_GE(steps, walks.size() * 2000);
}

TEST(dynamic_usage_walk, of_sequences_meets_the_resource_after_every_step) {
  walk_with_rapidcheck(walks_of_sequences());
}
TEST(dynamic_usage_walk, of_trees_meets_the_resource_after_every_step) {
  walk_with_rapidcheck(walks_of_trees());
}
TEST(dynamic_usage_walk, of_hash_tables_meets_the_resource_after_every_step) {
  walk_with_rapidcheck(walks_of_hash_tables());
}

void walk_long(const walk_list& walks) {
  constexpr int steps = 20'000;
  const std::uint64_t seed = test_seed();
  std::mt19937_64 random(seed);
  for (const walk_entry& entry : walks) {
    const auto walk = entry.begin();
    for (int i = 0; i < steps; ++i) {
      const std::string failure = walk->take(step_of(static_cast<std::uint32_t>(random())));
      ASSERT_EQ(failure, "") << entry.name << " at step " << i << ", NEARMEM_TEST_SEED=" << seed;
    }
  }
}

TEST(dynamic_usage_long_walk, of_sequences_meets_the_resource) {
  walk_long(walks_of_sequences());
}
TEST(dynamic_usage_long_walk, of_trees_meets_the_resource) {
  walk_long(walks_of_trees());
}
TEST(dynamic_usage_long_walk, of_hash_tables_meets_the_resource) {
  walk_long(walks_of_hash_tables());
}

}  // namespace
}  // namespace nearmem
