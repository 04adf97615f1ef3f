#include "tools/node_audit.hpp"

#include <cstddef>
#include <vector>

#include <gtest/gtest.h>

#include "tests/alloc/simulated_machine.hpp"

namespace nearmem::tools {
namespace {

TEST(node_audit, looks_at_a_mebibyte_on_every_node_with_memory) {
  simulated_machine simulated("pack:3 [numa(memory=1GB indexes=0,2,5)] core:1 pu:1");
  page_source pages = simulated.make();
  const std::vector<node_residency> found = audit_nodes(pages);
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[2].node, node_id{5});
  for (const node_residency& each : found) {
    EXPECT_GE(each.pages * simulated.kernel.page_bytes(), mebibyte);
    EXPECT_EQ(each.resident, each.pages);
    EXPECT_EQ(each.misplaced, 0u);
    EXPECT_EQ(each.unverified, 0u);
  }
  EXPECT_LT(simulated.kernel.resident_bytes(node_id{5}), mebibyte / 16) << "it gives all back";
}

TEST(node_audit, counts_no_page_of_a_node_that_gave_none) {
  simulated_machine simulated("numa:2(memory=1GB) core:1 pu:1");
  simulated.kernel.set_node_bytes(node_id{1}, 0);
  page_source pages = simulated.make();
  const std::vector<node_residency> found = audit_nodes(pages);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_GT(found[0].pages, 0u);
  EXPECT_EQ(found[1].pages, 0u);
}

TEST(node_audit, leaves_out_nodes_without_memory) {
  simulated_machine simulated("pack:2 [numa(memory=0)] core:1 pu:1");
  page_source pages = simulated.make();
  EXPECT_TRUE(audit_nodes(pages).empty());
}

}  // namespace
}  // namespace nearmem::tools
