#include "examples/fullnode/identity_list.hpp"

#include <gtest/gtest.h>

namespace nearmem::fullnode {
namespace {

TEST(identity_list, keeps_the_order_of_the_first_looks) {
  identity_list list;
  list.check("b", true);
  list.check("a", true);
  list.check("b", true);
  ASSERT_EQ(list.all().size(), 2u);
  EXPECT_EQ(list.all()[0].name, "b");
  EXPECT_EQ(list.all()[1].name, "a");
}

TEST(identity_list, never_forgets_a_broken_one) {
  identity_list list;
  list.check("a", true);
  list.check("b", false);
  list.check("b", true);
  EXPECT_TRUE(list.all()[0].holds);
  EXPECT_FALSE(list.all()[1].holds);
  life_report report;
  report.identities = list.all();
  ASSERT_NE(report.broken(), nullptr);
  EXPECT_EQ(report.broken()->name, "b");
  report.identities.pop_back();
  EXPECT_EQ(report.broken(), nullptr);
}

}  // namespace
}  // namespace nearmem::fullnode
