#include <gtest/gtest.h>

#include <nearmem/topology/binding_outcome.hpp>
#include <nearmem/topology/placement.hpp>

namespace nearmem {
namespace {

TEST(placement, is_local_unless_asked_otherwise) {
  EXPECT_EQ(placement(), placement::local());
  EXPECT_TRUE(placement().nodes().empty());
}

TEST(placement, is_spelled_with_its_nodes) {
  EXPECT_EQ(placement::local().to_string(), "local");
  EXPECT_EQ(placement::preferred(node_id{1}).to_string(), "preferred(1)");
  EXPECT_EQ(placement::bind(node_id{12}).to_string(), "bind(12)");
  EXPECT_EQ(placement::interleave(*node_set::parse("0-3,5")).to_string(), "interleave(0-3,5)");
  EXPECT_EQ(placement::weighted_interleave({node_id{2}}).to_string(), "weighted_interleave(2)");
  EXPECT_EQ(placement::first_touch().to_string(), "first_touch");
}

TEST(placement, names_the_one_node_of_preferred_and_bind) {
  EXPECT_EQ(placement::preferred(node_id{700}).node(), node_id{700});
  EXPECT_EQ(placement::bind(node_id{3}).node(), node_id{3});
  EXPECT_NE(placement::bind(node_id{3}), placement::preferred(node_id{3}));
}

TEST(placement, takes_turns_where_it_is_interleaved) {
  EXPECT_TRUE(placement::interleave({node_id{0}}).takes_turns());
  EXPECT_TRUE(placement::weighted_interleave({node_id{0}}).takes_turns());
  EXPECT_FALSE(placement::preferred(node_id{0}).takes_turns());
  EXPECT_FALSE(placement::first_touch().takes_turns());
}

TEST(binding_outcome, is_spelled_as_it_is_named) {
  EXPECT_EQ(to_string(binding_outcome::bound), "bound");
  EXPECT_EQ(to_string(binding_outcome::preferred), "preferred");
  EXPECT_EQ(to_string(binding_outcome::first_touch), "first_touch");
  EXPECT_EQ(to_string(binding_outcome::simulated), "simulated");
  EXPECT_EQ(to_string(binding_outcome::denied), "denied");
  EXPECT_EQ(to_string(binding_outcome::no_such_node), "no_such_node");
  EXPECT_EQ(to_string(binding_outcome::unsupported), "unsupported");
}

}  // namespace
}  // namespace nearmem
