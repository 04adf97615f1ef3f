#pragma once

#include <cstdint>
#include <cstdlib>
#include <iostream>

namespace nearmem {

// The seed of a random test: NEARMEM_TEST_SEED, or a fixed one. Printed, so that a failure can be
// repeated.
inline std::uint64_t test_seed() {
  const char* named = std::getenv("NEARMEM_TEST_SEED");
  std::uint64_t seed = named ? std::strtoull(named, nullptr, 10) : 20'261'121;
  std::cout << "NEARMEM_TEST_SEED=" << seed << '\n';
  return seed;
}

}  // namespace nearmem
