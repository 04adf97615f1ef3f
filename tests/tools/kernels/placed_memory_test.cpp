#include "tools/kernels/placed_memory.hpp"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nearmem/alloc/simulated_kernel.hpp>

#include "tests/tools/kernels/pages_here.hpp"

namespace nearmem::measure {
namespace {

using testing::HasSubstr;

TEST(placed_memory, lies_on_its_node) {
  const pages_here here;
  const placed_memory memory(here.pages, here.first_node(), 100'000, false);
  ASSERT_EQ(memory.refusal(), "");
  EXPECT_EQ(memory.data().size(), 100'000);
  EXPECT_EQ(here.pages.home_of(memory.data().data()), here.first_node());
  EXPECT_GE(memory.huge_page_share(), 0);
  EXPECT_LE(memory.huge_page_share(), 1);
}

TEST(placed_memory, is_bound_to_one_of_several_nodes) {
  const machine four = machine::from_synthetic("pack:4 [numa] pu:1");
  simulated_kernel calls(four);
  page_source pages(four, calls);
  for (const numa_node& node : four.nodes()) {
    const placed_memory memory(pages, node.id, 1 << 20, false);
    ASSERT_EQ(memory.refusal(), "");
    EXPECT_EQ(pages.home_of(memory.data().data()), node.id);
  }
  EXPECT_EQ(pages.own_usage().committed, pages.own_usage().footprint);
}

TEST(placed_memory, says_why_there_is_none) {
  const machine two = machine::from_synthetic("pack:2 [numa] pu:1");
  simulated_kernel calls(two);
  page_source pages(two, calls);
  const placed_memory none(pages, node_id{7}, 4096, false);
  EXPECT_THAT(none.refusal(), HasSubstr("no memory on node 7: "));
  EXPECT_TRUE(none.data().empty() || none.data().data() == nullptr);
  EXPECT_EQ(none.huge_page_share(), 0);
}

}  // namespace
}  // namespace nearmem::measure
