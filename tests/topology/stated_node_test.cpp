#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/topology/stated_node.hpp>

namespace nearmem {
namespace {

stated_node stated(std::uint32_t number, std::vector<unsigned> cpus, std::string subtype = "",
                   std::optional<bool> has_cpus = std::nullopt) {
  stated_node result;
  result.node.id = node_id{number};
  result.node.bytes = 1;
  result.node.cpus = cpu_set(std::move(cpus));
  result.subtype = std::move(subtype);
  result.has_cpus = has_cpus;
  return result;
}

TEST(stated_node, is_dram_where_nothing_is_special) {
  std::vector<stated_node> nodes = {stated(0, {0, 1}), stated(1, {2, 3}, "DRAM")};
  settle_kinds(nodes);
  EXPECT_EQ(nodes[0].node.kind, memory_kind::dram);
  EXPECT_EQ(nodes[0].node.cpus, cpu_set({0, 1}));
  EXPECT_EQ(nodes[1].node.kind, memory_kind::dram);
  EXPECT_EQ(nodes[1].node.cpus, cpu_set({2, 3}));
}

TEST(stated_node, keeps_the_cpus_of_high_bandwidth_memory) {
  // Sapphire Rapids' HBM has no CPUs by the kernel's word, yet lies in a package.
  std::vector<stated_node> nodes = {stated(0, {0, 1}), stated(1, {0, 1}, "HBM", false),
                                    stated(2, {0, 1}, "MCDRAM")};
  settle_kinds(nodes);
  EXPECT_EQ(nodes[1].node.kind, memory_kind::hbm);
  EXPECT_EQ(nodes[1].node.cpus, cpu_set({0, 1}));
  EXPECT_EQ(nodes[2].node.kind, memory_kind::hbm);
}

TEST(stated_node, is_memory_only_where_the_subtype_says_so) {
  for (const char* subtype : {"CXL-DRAM", "NVM", "SPM", "GPUMemory"}) {
    std::vector<stated_node> nodes = {stated(0, {0, 1}), stated(1, {2}, subtype)};
    settle_kinds(nodes);
    EXPECT_EQ(nodes[1].node.kind, memory_kind::memory_only) << subtype;
    EXPECT_TRUE(nodes[1].node.cpus.empty()) << subtype;
  }
}

TEST(stated_node, believes_the_kernel_about_cpus) {
  std::vector<stated_node> nodes = {stated(0, {0, 1}, "", false), stated(1, {0, 1}, "", true)};
  settle_kinds(nodes);
  EXPECT_EQ(nodes[0].node.kind, memory_kind::memory_only);
  EXPECT_EQ(nodes[1].node.kind, memory_kind::dram);
}

TEST(stated_node, without_cpus_at_all_is_memory_only) {
  std::vector<stated_node> nodes = {stated(0, {0}), stated(1, {})};
  settle_kinds(nodes);
  EXPECT_EQ(nodes[1].node.kind, memory_kind::memory_only);
}

TEST(stated_node, leaves_cpus_to_the_closer_node_and_then_to_the_lower_number) {
  // Node 0 hangs at the machine, above two packages; node 3 beside node 2.
  std::vector<stated_node> nodes = {stated(0, {0, 1, 2, 3}), stated(3, {2, 3}), stated(1, {0, 1}),
                                    stated(2, {2, 3})};
  settle_kinds(nodes);
  EXPECT_EQ(nodes[0].node.kind, memory_kind::memory_only);
  EXPECT_EQ(nodes[1].node.kind, memory_kind::memory_only);
  EXPECT_EQ(nodes[2].node.kind, memory_kind::dram);
  EXPECT_EQ(nodes[3].node.kind, memory_kind::dram);
}

}  // namespace
}  // namespace nearmem
