#include <string>

#include <gtest/gtest.h>

#include <nearmem/topology/hwloc_import.hpp>
#include <nearmem/topology/machine.hpp>

namespace nearmem {
namespace {

TEST(hwloc_import, keeps_only_this_machine_live) {
  EXPECT_FALSE(import_synthetic("numa:2 pu:2").live);
  EXPECT_FALSE(import_xml(export_xml(import_synthetic("numa:2 pu:2"))).live);
  const machine_description here = import_live();
  EXPECT_EQ(import_xml(export_xml(here)).numbers, here.numbers);
}

TEST(hwloc_import, lists_nodes_by_number_whatever_their_order_in_the_tree) {
  const machine_description backwards = import_synthetic("pack:3 [numa(indexes=5,3,1)] pu:1");
  ASSERT_EQ(backwards.nodes.size(), 3);
  EXPECT_EQ(backwards.nodes[0].id, node_id{1});
  EXPECT_EQ(backwards.nodes[0].cpus.to_string(), "2");
  EXPECT_EQ(backwards.nodes[2].id, node_id{5});
  EXPECT_EQ(backwards.nodes[2].cpus.to_string(), "0");
  EXPECT_EQ(backwards.numbers.to_string(), "1,3,5");
}

TEST(hwloc_import, sizes_its_table_by_the_largest_cpu_number) {
  const machine_description sparse = import_synthetic("numa:2 pu:2(indexes=0,4,9,20)");
  ASSERT_EQ(sparse.node_of_cpu.size(), 21);
  EXPECT_EQ(sparse.node_of_cpu[4], node_id{0});
  EXPECT_EQ(sparse.node_of_cpu[20], node_id{1});
}

TEST(hwloc_import, throws_machine_errors) {
  EXPECT_THROW(import_synthetic("nonsense"), machine_error);
  EXPECT_THROW(import_xml(""), machine_error);
  EXPECT_THROW(import_xml("<topology/>"), machine_error);
}

}  // namespace
}  // namespace nearmem
