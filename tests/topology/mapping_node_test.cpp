#include <vector>

#include <gtest/gtest.h>

#include <nearmem/topology/mapping_node.hpp>

namespace nearmem {
namespace {

const void* at(std::uintptr_t address) {
  return reinterpret_cast<const void*>(address);
}

TEST(mapping_node, is_that_of_the_last_mapping_that_begins_before) {
  const std::vector<mapping_node> mappings = {
      {0x1000, node_id{1}}, {0x3000, std::nullopt}, {0x8000, node_id{0}}};
  EXPECT_EQ(node_of_mapping(mappings, at(0x1000)), node_id{1});
  EXPECT_EQ(node_of_mapping(mappings, at(0x2fff)), node_id{1});
  EXPECT_EQ(node_of_mapping(mappings, at(0x3000)), std::nullopt);
  EXPECT_EQ(node_of_mapping(mappings, at(0xffff)), node_id{0});
  EXPECT_EQ(node_of_mapping(mappings, at(0xfff)), std::nullopt);
  EXPECT_EQ(node_of_mapping({}, at(0x1000)), std::nullopt);
}

}  // namespace
}  // namespace nearmem
