#pragma once

#include <cstdint>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "tests/accounting/walk_list.hpp"
#include "tests/support/seed.hpp"

namespace nearmem {

// Walks a container from an allocator at random, and fails the test at the first step that does not
// hold.
template <class Container, class Resource = recording_resource>
void run_walk(int steps = 3000) {
  const walk_entry entry = walk_of<Container, Resource>();
  const std::uint64_t seed = test_seed();
  std::mt19937_64 random(seed);
  const auto walk = entry.begin();
  for (int i = 0; i < steps; ++i) {
    const walk_step step{static_cast<std::uint8_t>(random()), static_cast<std::uint32_t>(random())};
    const std::string failure = walk->take(step);
    ASSERT_EQ(failure, "") << entry.name << " at step " << i << ", NEARMEM_TEST_SEED=" << seed;
  }
}

}  // namespace nearmem
