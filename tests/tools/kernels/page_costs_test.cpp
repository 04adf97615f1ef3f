#include "tools/kernels/page_costs.hpp"

#include <gtest/gtest.h>

#include "tests/tools/kernels/pages_here.hpp"

namespace nearmem::measure {
namespace {

TEST(page_costs, does_every_work_over_and_over) {
  const pages_here here;
  for (const bool huge : {false, true}) {
    page_costs costs(here.pages.calls(), here.first_node(), 1 << 20, huge);
    EXPECT_EQ(costs.bytes(), 2 << 20);
    for (int round = 0; round < 2; ++round) {
      for (const page_work what :
           {page_work::first_touch, page_work::populate, page_work::purge, page_work::reuse}) {
        EXPECT_GT(costs.pass(what), 0) << to_string(what);
      }
    }
  }
}

TEST(page_costs, is_spelled_as_it_is_named) {
  EXPECT_EQ(to_string(page_work::first_touch), "first_touch");
  EXPECT_EQ(to_string(page_work::populate), "populate");
  EXPECT_EQ(to_string(page_work::purge), "purge");
  EXPECT_EQ(to_string(page_work::reuse), "reuse");
}

}  // namespace
}  // namespace nearmem::measure
