#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nearmem/topology/machine.hpp>

namespace nearmem {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::string refusal(const std::string& notation) {
  try {
    machine::from_synthetic(notation);
  } catch (const machine_error& error) {
    return error.what();
  }
  return "";
}

TEST(machine_synthetic, has_the_packages_and_nodes_that_are_written) {
  const machine two = machine::from_synthetic("pack:2 numa:2 core:4 pu:2");
  EXPECT_FALSE(two.is_live());
  EXPECT_EQ(two.node_numbers().to_string(), "0-3");
  ASSERT_EQ(two.packages().size(), 2);
  EXPECT_EQ(two.packages()[1].cpus.to_string(), "16-31");
  EXPECT_THAT(two.packages()[1].nodes, ElementsAre(node_id{2}, node_id{3}));
  EXPECT_EQ(two.nodes()[3].cpus.to_string(), "24-31");
  EXPECT_EQ(two.nodes()[3].kind, memory_kind::dram);
  EXPECT_EQ(two.nodes()[3].bytes, std::size_t{1} << 30);
  EXPECT_EQ(two.node_of_cpu(9), node_id{1});
  EXPECT_EQ(two.node_of_cpu(31), node_id{3});
  EXPECT_EQ(two.node_of_cpu(32), node_id{0});
}

TEST(machine_synthetic, has_no_limits_and_no_distances) {
  const machine two = machine::from_synthetic("numa:2 pu:1");
  EXPECT_FALSE(two.limits().cgroup_bytes.has_value());
  EXPECT_TRUE(two.limits().allowed_nodes.empty());
  EXPECT_EQ(two.distance(node_id{0}, node_id{1}), std::nullopt);
  EXPECT_EQ(two.latency_nanoseconds(node_id{0}, node_id{1}), std::nullopt);
  EXPECT_EQ(two.bandwidth_mib_per_second(node_id{0}, node_id{0}), std::nullopt);
  EXPECT_THAT(two.fallback_order(node_id{1}), ElementsAre(node_id{1}, node_id{0}));
}

TEST(machine_synthetic, without_numa_is_one_node_0) {
  const machine plain = machine::from_synthetic("core:4 pu:1");
  ASSERT_EQ(plain.nodes().size(), 1);
  EXPECT_EQ(plain.nodes()[0].id, node_id{0});
  EXPECT_EQ(plain.nodes()[0].cpus.size(), 4);
}

TEST(machine_synthetic, finds_nodes_by_number) {
  const machine sparse = machine::from_synthetic("pack:2 [numa(indexes=3,7)] pu:1");
  EXPECT_EQ(sparse.node_numbers().to_string(), "3,7");
  EXPECT_EQ(sparse.find(node_id{7}), &sparse.nodes()[1]);
  EXPECT_EQ(sparse.find(node_id{0}), nullptr);
  EXPECT_EQ(sparse.find(node_id{~std::uint32_t{0}}), nullptr);
  EXPECT_THAT(sparse.fallback_order(node_id{7}), ElementsAre(node_id{7}, node_id{3}));
  EXPECT_THAT(sparse.fallback_order(node_id{5}), ElementsAre(node_id{3}, node_id{7}));
}

TEST(machine_synthetic, tells_memory_only_nodes_from_those_with_cpus) {
  const machine tiers = machine::from_synthetic("pack:2 [numa] [numa(memory=4GB)] core:2 pu:1");
  ASSERT_EQ(tiers.nodes().size(), 4);
  EXPECT_EQ(tiers.nodes()[0].kind, memory_kind::dram);
  EXPECT_EQ(tiers.nodes()[0].bytes, std::size_t{1} << 30);
  EXPECT_EQ(tiers.nodes()[1].kind, memory_kind::memory_only);
  EXPECT_TRUE(tiers.nodes()[1].cpus.empty());
  EXPECT_EQ(tiers.node_of_cpu(3), node_id{2});
}

TEST(machine_synthetic, knows_nodes_without_memory) {
  const machine machines = machine::from_synthetic("pack:1 [numa(memory=0)] core:2 pu:1");
  EXPECT_EQ(machines.nodes()[0].bytes, 0);
  EXPECT_EQ(machines.nodes()[0].cpus.size(), 2);
}

TEST(machine_synthetic, has_caches_with_the_cpus_that_share_them) {
  const machine one = machine::from_synthetic("l3:2(size=1048576) l2:2(size=65536) pu:2");
  ASSERT_EQ(one.caches().size(), 6);
  EXPECT_EQ(one.caches()[0].level, 2);
  EXPECT_EQ(one.caches()[0].bytes, 65536);
  EXPECT_EQ(one.caches()[5].level, 3);
  EXPECT_EQ(one.caches()[5].cpus.to_string(), "4-7");
  EXPECT_EQ(one.line_bytes(), 64);
}

TEST(machine_synthetic, refuses_nonsense_in_one_line) {
  testing::internal::CaptureStderr();
  for (const char* text : {"nonsense", "", "numa:0", "pack:2 pu:2 x", "pack:2 [numa", "pu:-1",
                           "pack:2 [numa(subtype=HBM)] pu:2"}) {
    const std::string what = refusal(text);
    EXPECT_THAT(what, HasSubstr("synthetic machine '" + std::string(text) + "': ")) << text;
    EXPECT_THAT(what, Not(HasSubstr("\n"))) << text;
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(machine_synthetic, builds_nothing_from_unreasonable_counts) {
  EXPECT_THAT(refusal("pack:99999999 pu:9999999"), HasSubstr("more than 65536 CPUs"));
  EXPECT_THAT(refusal("9999 9999"), HasSubstr("more than 65536 CPUs"));
  EXPECT_THAT(refusal("numa:2000 pu:1"), HasSubstr("node number 1024 is beyond 1023"));
}

}  // namespace
}  // namespace nearmem
