#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tests/support/scratch_folder.hpp>

#include <nearmem/topology/machine.hpp>

namespace nearmem {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr node_id node_0{0};
constexpr node_id node_1{1};
constexpr node_id node_2{2};
constexpr node_id node_3{3};
constexpr node_id node_4{4};
constexpr node_id node_8{8};

std::string path_of(std::string_view name) {
  return std::string(NEARMEM_TOPOLOGIES "/") + std::string(name) + ".xml";
}

machine load(std::string_view name) {
  return machine::from_xml(path_of(name));
}

std::string text_of(std::string_view name) {
  std::ifstream stream(path_of(name));
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size()) {
    text.replace(at, what.size(), with);
  }
  return text;
}

// Says what from_xml has to say of a text, without the name of the file; "" if it loads.
std::string refusal(const std::string& text) {
  const scratch_folder folder;
  const std::string file = folder.write("machine.xml", text);
  try {
    machine::from_xml(file);
  } catch (const machine_error& error) {
    EXPECT_THAT(error.what(), StartsWith(file + ": "));
    return std::string(error.what()).substr(file.size() + 2);
  }
  return "";
}

// Everything that a machine says of itself.
std::string described(const machine& what) {
  std::string text =
      std::to_string(what.line_bytes()) + "/" + std::to_string(what.interference_bytes()) + "\n";
  for (const numa_node& node : what.nodes()) {
    text += "node " + std::to_string(to_number(node.id)) + " " + std::to_string(node.bytes) + " " +
            node.cpus.to_string() + " " + std::string(to_string(node.kind)) + ":";
    for (node_id other : what.fallback_order(node.id)) {
      text += " " + std::to_string(to_number(other)) + "@" +
              std::to_string(what.distance(node.id, other).value_or(0)) + "/" +
              std::to_string(what.latency_nanoseconds(node.id, other).value_or(0)) + "/" +
              std::to_string(what.bandwidth_mib_per_second(node.id, other).value_or(0));
    }
    text += "\n";
  }
  for (const package& each : what.packages()) {
    text += "package " + std::to_string(each.id) + " " + each.model + " " + each.cpus.to_string();
    for (node_id node : each.nodes)
      text += " " + std::to_string(to_number(node));
    text += "\n";
  }
  for (const cache& each : what.caches()) {
    text += "L" + std::to_string(each.level) + " " + std::to_string(each.bytes) + " " +
            std::to_string(each.line_bytes) + " " + std::to_string(each.ways) + " " +
            each.cpus.to_string() + "\n";
  }
  return text;
}

TEST(machine_xml, is_read_back_as_it_was_written) {
  const scratch_folder folder;
  for (const char* name :
       {"sparse_nodes", "memory_tiers", "barred_node", "without_memory", "odd_caches"}) {
    const machine before = load(name);
    EXPECT_FALSE(before.is_live());
    const machine after = machine::from_xml(folder.write(name, before.to_xml()));
    EXPECT_EQ(described(after), described(before)) << name;
  }
  const machine synthetic = machine::from_synthetic("pack:2 [numa] [numa(memory=1GB)] l3:1 pu:4");
  EXPECT_EQ(described(machine::from_xml(folder.write("synthetic", synthetic.to_xml()))),
            described(synthetic));
}

TEST(machine_xml, of_this_machine_is_the_same_but_simulated) {
  const scratch_folder folder;
  const machine here = machine::discover();
  const machine there = machine::from_xml(folder.write("here", here.to_xml()));
  EXPECT_FALSE(there.is_live());
  EXPECT_EQ(there.node_numbers(), here.node_numbers());
  EXPECT_EQ(there.caches().size(), here.caches().size());
  EXPECT_EQ(there.line_bytes(), here.line_bytes());
}

TEST(machine_xml, counts_sparse_nodes_by_their_own_numbers) {
  const machine sparse = load("sparse_nodes");
  EXPECT_EQ(sparse.node_numbers().to_string(), "0,8");
  EXPECT_EQ(sparse.node_of_cpu(3), node_8);
  EXPECT_EQ(sparse.distance(node_0, node_8), 40);
  EXPECT_EQ(sparse.distance(node_8, node_8), 10);
  EXPECT_EQ(sparse.distance(node_0, node_1), std::nullopt);
  EXPECT_THAT(sparse.fallback_order(node_8), ElementsAre(node_8, node_0));
  EXPECT_THAT(sparse.packages()[1].nodes, ElementsAre(node_8));
}

TEST(machine_xml, knows_kinds_of_memory_and_orders_them_by_latency) {
  const machine tiers = load("memory_tiers");
  EXPECT_EQ(tiers.find(node_1)->kind, memory_kind::dram);
  EXPECT_EQ(tiers.find(node_3)->kind, memory_kind::hbm);
  EXPECT_EQ(tiers.find(node_3)->cpus.to_string(), "2-3");
  EXPECT_EQ(tiers.find(node_4)->kind, memory_kind::memory_only);
  EXPECT_TRUE(tiers.find(node_4)->cpus.empty());
  EXPECT_EQ(tiers.find(node_4)->bytes, std::size_t{4} << 30);
  EXPECT_EQ(tiers.node_of_cpu(2), node_1);

  EXPECT_EQ(tiers.latency_nanoseconds(node_0, node_2), 120);
  EXPECT_EQ(tiers.latency_nanoseconds(node_0, node_1), std::nullopt);
  EXPECT_EQ(tiers.bandwidth_mib_per_second(node_0, node_2), 800000);
  // Node 4 is stated to be 200 ns from node 0, node 3 comes to 120 ns * 23 / 13. By distance node 3
  // (23) would come before node 4 (28).
  EXPECT_THAT(tiers.fallback_order(node_0), ElementsAre(node_0, node_2, node_1, node_4, node_3));
  EXPECT_THAT(tiers.fallback_order(node_4), ElementsAre(node_4, node_0, node_2, node_1, node_3));
}

TEST(machine_xml, sends_cpus_of_a_barred_node_to_the_closest_of_the_others) {
  const machine cut = load("barred_node");
  EXPECT_EQ(cut.node_numbers().to_string(), "0,2");
  EXPECT_EQ(cut.node_of_cpu(1), node_0);
  EXPECT_EQ(cut.node_of_cpu(2), node_2);  // 16 from node 1 to node 2, 31 to node 0
  EXPECT_THAT(cut.fallback_order(node_0), ElementsAre(node_0, node_2));
}

TEST(machine_xml, has_nodes_and_packages_without_memory) {
  const machine odd = load("without_memory");
  EXPECT_EQ(odd.node_numbers().to_string(), "0-1");
  EXPECT_EQ(odd.find(node_1)->bytes, 0);
  EXPECT_EQ(odd.find(node_1)->cpus.to_string(), "2-3");
  EXPECT_EQ(odd.node_of_cpu(2), node_0);
  EXPECT_EQ(odd.node_of_cpu(5), node_0);
  EXPECT_TRUE(odd.packages()[2].nodes.empty());
}

TEST(machine_xml, takes_the_largest_line_and_does_without_unknown_ones) {
  const machine odd = load("odd_caches");
  ASSERT_EQ(odd.caches().size(), 3);
  EXPECT_EQ(odd.caches()[0].line_bytes, 0);
  EXPECT_EQ(odd.caches()[1].ways, 8192);  // fully associative: one set
  EXPECT_EQ(odd.caches()[1].stride_bytes(), 64);
  EXPECT_EQ(odd.caches()[2].stride_bytes(), std::size_t{2} << 20);
  EXPECT_EQ(odd.line_bytes(), 128);
  EXPECT_EQ(odd.interference_bytes(), 128);  // aarch64, by its word
}

TEST(machine_xml, refuses_numbers_that_no_machine_has) {
  const std::string sparse = text_of("sparse_nodes");
  EXPECT_THAT(refusal(replaced(sparse, "type=\"NUMANode\" os_index=\"8\"",
                               "type=\"NUMANode\" os_index=\"2000\"")),
              HasSubstr("2000"));
  EXPECT_THAT(refusal(replaced(sparse, "type=\"PU\" os_index=\"3\"",
                               "type=\"PU\" os_index=\"4000000000\"")),
              HasSubstr("4000000000"));
  EXPECT_NE(refusal(replaced(sparse, "type=\"NUMANode\" os_index=\"8\"",
                             "type=\"NUMANode\" os_index=\"0\"")),
            "");
}

TEST(machine_xml, does_not_believe_in_impossible_lines) {
  const scratch_folder folder;
  const std::string text =
      replaced(text_of("odd_caches"), "cache_linesize=\"128\"", "cache_linesize=\"1000000000\"");
  EXPECT_EQ(machine::from_xml(folder.write("lines", text)).line_bytes(), 64);
}

TEST(machine_xml, refuses_what_only_looks_like_a_topology) {
  testing::internal::CaptureStderr();
  const std::string sparse = text_of("sparse_nodes");
  for (const std::string& text :
       {std::string("<topology/>"), std::string("<topology version=\"2.0\"></topology>"),
        replaced(sparse, "version=\"2.0\"", "version=\"99.0\""),
        replaced(sparse, "\"PU\"", "\"Xy\""), replaced(sparse, "cpuset=\"0x", "cpuset=\"zz")}) {
    const std::string what = refusal(text);
    EXPECT_NE(what, "") << text.substr(0, 300);
    EXPECT_THAT(what, Not(HasSubstr("\n")));
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(machine_xml, says_where_a_file_is_cut) {
  const std::string whole = text_of("sparse_nodes");
  EXPECT_EQ(refusal(whole.substr(0, 100)), "byte 100: the file ends within an attribute");
  EXPECT_EQ(refusal(""), "byte 0: the file is empty");
  for (std::size_t length = 0; length < whole.size() - 1; length += 17) {
    ASSERT_THAT(refusal(whole.substr(0, length)), StartsWith("byte "));
  }
}

}  // namespace
}  // namespace nearmem
