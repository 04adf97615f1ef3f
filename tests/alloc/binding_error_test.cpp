#include <string>

#include <gtest/gtest.h>

#include <nearmem/alloc/binding_error.hpp>

namespace nearmem {
namespace {

TEST(binding_error, says_which_node_and_why) {
  EXPECT_STREQ(binding_error(node_id{3}, binding_outcome::preferred).what(),
               "cannot bind to node 3: the node is full");
  EXPECT_NE(std::string(binding_error(node_id{3}, binding_outcome::denied).what()).find("denied"),
            std::string::npos);
  EXPECT_EQ(binding_error(node_id{9}, binding_outcome::no_such_node).node(), node_id{9});
}

TEST(binding_error, fits_its_line_for_every_node_and_reason) {
  for (const auto outcome :
       {binding_outcome::bound, binding_outcome::preferred, binding_outcome::first_touch,
        binding_outcome::simulated, binding_outcome::denied, binding_outcome::no_such_node,
        binding_outcome::unsupported}) {
    const binding_error error(node_id{4294967295U}, outcome);
    EXPECT_LT(std::string(error.what()).size(), 95u);
    EXPECT_EQ(error.outcome(), outcome);
  }
}

TEST(binding_error, is_caught_as_bad_alloc) {
  EXPECT_THROW(throw binding_error(node_id{0}, binding_outcome::denied), std::bad_alloc);
}

}  // namespace
}  // namespace nearmem
