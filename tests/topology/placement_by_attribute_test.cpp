#include <filesystem>

#include <gtest/gtest.h>

#include <nearmem/topology/placement_by_attribute.hpp>

namespace nearmem {
namespace {

constexpr node_id node_0{0};
constexpr node_id node_1{1};
constexpr node_id node_2{2};
constexpr node_id node_4{4};

machine tiers() {
  return machine::from_xml(std::filesystem::path(NEARMEM_TOPOLOGIES) / "memory_tiers.xml");
}

TEST(placement_by_attribute, takes_the_best_that_the_firmware_states) {
  const machine hardware = tiers();
  ASSERT_GT(hardware.latency_nanoseconds(node_0, node_2),
            hardware.latency_nanoseconds(node_0, node_0));
  EXPECT_EQ(lowest_latency(hardware, node_0), placement::preferred(node_0));
  EXPECT_EQ(highest_bandwidth(hardware, node_0), placement::preferred(node_2));
}

TEST(placement_by_attribute, takes_the_largest_node_and_of_equals_the_nearest) {
  const machine hardware = machine::from_synthetic("pack:4 [numa(memory=1GB)] core:1 pu:1");
  EXPECT_EQ(highest_capacity(hardware, node_2), placement::preferred(node_2));
  const machine tiered = tiers();
  const placement largest = highest_capacity(tiered, node_0);
  for (const numa_node& node : tiered.nodes())
    EXPECT_LE(node.bytes, tiered.find(largest.node())->bytes);
}

TEST(placement_by_attribute, takes_the_nearest_where_nothing_is_stated) {
  const machine hardware = machine::from_synthetic("pack:2 [numa(memory=1GB)] core:1 pu:1");
  for (const node_id from : {node_0, node_1}) {
    EXPECT_EQ(lowest_latency(hardware, from), placement::preferred(from));
    EXPECT_EQ(highest_bandwidth(hardware, from), placement::preferred(from));
  }
  // A node that is not of this machine: the first.
  EXPECT_EQ(lowest_latency(hardware, node_4), placement::preferred(node_0));
}

}  // namespace
}  // namespace nearmem
