#include "examples/fullnode/leak_detector.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace nearmem::fullnode {
namespace {

std::vector<component_sample> looked(std::size_t charged, std::size_t owned) {
  component_sample one;
  one.name = "coins";
  one.charged = charged;
  one.owned = owned;
  component_sample other;
  other.name = "peers";
  return {one, other};
}

TEST(leak_detector, names_what_grows_and_lets_nothing_go) {
  leak_detector detector;
  for (std::size_t i = 1; i < leak_detector::looks; ++i)
    EXPECT_TRUE(detector.look(looked(1'000'000 + i * 100'000, 1'000'000)).empty());
  const auto named = detector.look(looked(2'000'000, 1'000'000));
  EXPECT_EQ(named, std::vector<std::string>{"coins"});
  EXPECT_EQ(detector.look(looked(0, 0)).size(), 1u) << "who once leaked stays named";
}

TEST(leak_detector, says_nothing_of_what_objects_explain) {
  leak_detector detector;
  for (std::size_t i = 1; i < 50; ++i)
    EXPECT_TRUE(detector.look(looked(i * 1'000'000, i * 1'000'000)).empty());
}

TEST(leak_detector, says_nothing_of_what_comes_and_goes) {
  leak_detector detector;
  for (std::size_t i = 1; i < 50; ++i)
    EXPECT_TRUE(detector.look(looked(i % 3 * 1'000'000 + 500'000, 0)).empty());
}

}  // namespace
}  // namespace nearmem::fullnode
