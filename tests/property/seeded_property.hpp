#pragma once

#include <cstdint>
#include <sstream>
#include <string>
#include <unordered_map>
#include <utility>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "tests/support/seed.hpp"

namespace nearmem {

// Runs a RapidCheck property with the seed of random tests, and hands what failed, shrunk, to
// GoogleTest.
template <class Property>
void check_property(const std::string& name, int cases, Property&& property) {
  rc::detail::TestMetadata metadata;
  metadata.id = name;
  metadata.description = name;
  rc::detail::TestParams params;
  const std::uint64_t seed = test_seed();
  params.seed = seed;
  params.maxSuccess = cases;
  const rc::detail::TestResult result =
      rc::detail::checkTestable(std::forward<Property>(property), metadata, params);
  if (result.template is<rc::detail::SuccessResult>()) return;
  std::ostringstream text;
  rc::detail::printResultMessage(result, text);
  ADD_FAILURE() << name << ", NEARMEM_TEST_SEED=" << seed << "\n" << text.str();
}

}  // namespace nearmem
