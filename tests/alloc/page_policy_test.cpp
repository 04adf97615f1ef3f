#include <cerrno>

#include <gtest/gtest.h>

#include <nearmem/alloc/page_policy.hpp>

#include "tests/alloc/simulated_machine.hpp"

namespace nearmem {
namespace {

using policy = memory_policy::kind;

TEST(page_policy, serves_from_every_node_that_has_memory) {
  const machine hardware = machine::from_synthetic("pack:2 [numa(memory=1GB)] core:1 pu:1");
  const simulated_kernel kernel(hardware);
  const page_policy plain(hardware, kernel);
  EXPECT_TRUE(plain.places());
  EXPECT_EQ(plain.serving(), hardware.node_numbers());
  EXPECT_EQ(plain.local(node_id{1}), node_id{1});
  EXPECT_EQ(plain.nearest(node_id{1}), node_id{1});
}

TEST(page_policy, passes_on_to_the_nearest_node_that_serves) {
  simulated_machine simulated;
  simulated.kernel.set_inherited_policy({policy::bind, {node_id{6}, node_id{7}}});
  const page_policy bound(simulated.hardware, simulated.kernel);
  EXPECT_FALSE(bound.serves(node_id{0}));
  EXPECT_TRUE(bound.serves(bound.local(node_id{0})));
  EXPECT_EQ(bound.local(node_id{7}), node_id{7});
  EXPECT_EQ(bound.why_not(node_id{0}), binding_outcome::denied);
  EXPECT_EQ(bound.why_not(node_id{40}), binding_outcome::no_such_node);
}

TEST(page_policy, ignores_a_strict_policy_over_no_node_of_the_machine) {
  simulated_machine simulated;
  simulated.kernel.set_inherited_policy({policy::bind, {node_id{40}}});
  EXPECT_EQ(page_policy(simulated.hardware, simulated.kernel).serving(),
            simulated.hardware.node_numbers());
}

TEST(page_policy, takes_a_preference_for_what_local_means) {
  simulated_machine simulated;
  simulated.kernel.set_inherited_policy({policy::preferred, {node_id{2}, node_id{5}}});
  const page_policy preferred(simulated.hardware, simulated.kernel);
  EXPECT_EQ(preferred.local(node_id{5}), node_id{5});
  EXPECT_TRUE(preferred.local(node_id{7}) == node_id{2} ||
              preferred.local(node_id{7}) == node_id{5});
  EXPECT_EQ(preferred.nearest(node_id{7}), node_id{7});
}

TEST(page_policy, calls_what_became_of_a_wish_by_its_name) {
  simulated_machine simulated;
  const page_policy plain(simulated.hardware, simulated.kernel);
  const placement there = placement::preferred(node_id{1});
  EXPECT_EQ(plain.outcome_near(there, node_id{1}, 0), binding_outcome::preferred);
  EXPECT_EQ(plain.outcome_near(there, node_id{1}, EPERM), binding_outcome::denied);
  EXPECT_EQ(plain.outcome_near(there, node_id{1}, ENOSYS), binding_outcome::unsupported);
  EXPECT_EQ(plain.outcome_near(there, node_id{9}, 0), binding_outcome::no_such_node);
  EXPECT_EQ(plain.outcome_near(placement::local(), node_id{1}, ENOSYS),
            binding_outcome::first_touch);
  EXPECT_EQ(plain.outcome_near(placement::local(), node_id{1}, EPERM), binding_outcome::denied);
  EXPECT_EQ(page_policy::outcome_of(EINVAL), binding_outcome::no_such_node);
}

}  // namespace
}  // namespace nearmem
