#include "examples/fullnode/running_mean.hpp"

#include <gtest/gtest.h>

namespace nearmem::fullnode {
namespace {

running_mean mean_of(std::initializer_list<double> values) {
  running_mean made;
  for (const double each : values)
    made.add(each);
  return made;
}

TEST(running_mean, is_that_of_all_values) {
  EXPECT_EQ(running_mean().value(), 0);
  EXPECT_EQ(running_mean().count(), 0u);
  EXPECT_DOUBLE_EQ(mean_of({2, 4, 9}).value(), 5);
  EXPECT_EQ(mean_of({2, 4, 9}).count(), 3u);
}

TEST(running_mean, knows_what_it_may_be_off_by) {
  EXPECT_EQ(mean_of({7}).squared_error(), 0) << "one value tells nothing of it";
  // Squared distances 9 + 1 + 16, by two, by three.
  EXPECT_DOUBLE_EQ(mean_of({2, 4, 9}).squared_error(), 26.0 / 2 / 3);
  // Values alike but for their last digits.
  EXPECT_DOUBLE_EQ(mean_of({1e15 + 2, 1e15 + 4, 1e15 + 9}).squared_error(), 26.0 / 2 / 3);
}

TEST(running_mean, differs_from_another_by_more_than_chance_or_not) {
  const running_mean low = mean_of({100, 104, 102, 98});
  const mean_difference by_chance = mean_of({101, 106, 102, 97}) - low;
  EXPECT_DOUBLE_EQ(by_chance.value, 0.5);
  EXPECT_FALSE(by_chance.is_growth());
  const mean_difference grown = mean_of({111, 116, 112, 107}) - low;
  EXPECT_DOUBLE_EQ(grown.value, 10.5);
  EXPECT_TRUE(grown.is_growth());
  EXPECT_FALSE((low - mean_of({111, 116, 112, 107})).is_growth());
}

}  // namespace
}  // namespace nearmem::fullnode
