#include <gtest/gtest.h>

#include <nearmem/alloc/interleave_weights.hpp>

#include "tests/alloc/simulated_machine.hpp"

namespace nearmem {
namespace {

node_weights weighing(std::uint8_t weight) {
  node_weights weights;
  weights.by_number[1] = weight;
  return weights;
}

class weights_in_force : public testing::Test {
 protected:
  simulated_machine simulated;
  interleave_weights weights;
};

TEST_F(weights_in_force, are_none_where_the_kernel_has_none) {
  EXPECT_EQ(weights.in_force(simulated.kernel), nullptr);
}

TEST_F(weights_in_force, are_read_once_as_long_as_nobody_doubts_them) {
  simulated.kernel.set_weights(weighing(3));
  const node_weights* const first = weights.in_force(simulated.kernel);
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(first->of(node_id{1}), 3u);
  EXPECT_EQ(first->of(node_id{2}), 1u);
  simulated.kernel.set_weights(weighing(4));
  EXPECT_EQ(weights.in_force(simulated.kernel), first);
}

TEST_F(weights_in_force, are_found_to_be_others_and_leave_the_old_ones_as_they_were) {
  simulated.kernel.set_weights(weighing(3));
  const node_weights* const first = weights.in_force(simulated.kernel);
  EXPECT_FALSE(weights.replaced(simulated.kernel, first));
  simulated.kernel.set_weights(weighing(4));
  EXPECT_TRUE(weights.replaced(simulated.kernel, first));
  EXPECT_EQ(weights.in_force(simulated.kernel)->of(node_id{1}), 4u);
  EXPECT_EQ(first->of(node_id{1}), 3u);
  // Another thread's doubt about the older ones is settled without asking again.
  EXPECT_TRUE(weights.replaced(simulated.kernel, first));
}

TEST_F(weights_in_force, are_none_after_too_many_changes) {
  const node_weights* used = nullptr;
  for (std::uint8_t weight = 1; weight <= interleave_weights::most; ++weight) {
    simulated.kernel.set_weights(weighing(weight));
    EXPECT_EQ(weights.replaced(simulated.kernel, used), true);
    used = weights.in_force(simulated.kernel);
    ASSERT_NE(used, nullptr);
  }
  simulated.kernel.set_weights(weighing(200));
  EXPECT_TRUE(weights.replaced(simulated.kernel, used));
  EXPECT_EQ(weights.in_force(simulated.kernel), nullptr);
  EXPECT_FALSE(weights.replaced(simulated.kernel, nullptr));
}

}  // namespace
}  // namespace nearmem
