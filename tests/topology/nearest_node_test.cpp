#include <vector>

#include <gtest/gtest.h>

#include <nearmem/topology/nearest_node.hpp>

namespace nearmem {
namespace {

constexpr node_id node_0{0};
constexpr node_id node_1{1};
constexpr node_id node_2{2};

numa_node node(node_id id, std::vector<unsigned> cpus, std::size_t bytes = 1,
               memory_kind kind = memory_kind::dram) {
  return {id, bytes, cpu_set(std::move(cpus)), kind};
}

using order = std::vector<node_id>;

TEST(nearest_node, is_the_cpus_own) {
  const std::vector<numa_node> nodes = {node(node_0, {0, 2}), node(node_1, {1, 3})};
  EXPECT_EQ(nearest_nodes(4, nodes, {}, {}), (order{node_0, node_1, node_0, node_1}));
}

TEST(nearest_node, is_dram_before_high_bandwidth_memory) {
  const std::vector<numa_node> nodes = {node(node_0, {0, 1}, 1, memory_kind::hbm),
                                        node(node_1, {0})};
  EXPECT_EQ(nearest_nodes(2, nodes, {}, {}), (order{node_1, node_0}));
}

TEST(nearest_node, is_the_closest_to_a_barred_one) {
  const std::vector<numa_node> nodes = {node(node_0, {0}), node(node_2, {2})};
  const std::vector<barred_node> barred = {{cpu_set({1}), {31, 16}}};
  EXPECT_EQ(nearest_nodes(3, nodes, {}, barred), (order{node_0, node_2, node_2}));
}

TEST(nearest_node, is_in_the_same_package_where_no_distance_helps) {
  const std::vector<numa_node> nodes = {node(node_0, {0}), node(node_1, {2})};
  const std::vector<package> packages = {{0, "", cpu_set({0, 1}), {node_0}},
                                         {1, "", cpu_set({2, 3}), {node_1}}};
  const std::vector<barred_node> barred = {{cpu_set({3}), {std::nullopt, std::nullopt}}};
  EXPECT_EQ(nearest_nodes(5, nodes, packages, barred),
            (order{node_0, node_0, node_1, node_1, node_0}));
}

TEST(nearest_node, has_memory_if_any_has) {
  const std::vector<numa_node> nodes = {node(node_0, {0}, 0), node(node_1, {1})};
  EXPECT_EQ(nearest_nodes(2, nodes, {}, {}), (order{node_1, node_1}));
  const std::vector<numa_node> without = {node(node_0, {0}, 0), node(node_1, {1}, 0)};
  EXPECT_EQ(nearest_nodes(2, without, {}, {}), (order{node_0, node_1}));
}

TEST(nearest_node, is_never_memory_only_while_another_serves) {
  const std::vector<numa_node> nodes = {node(node_0, {0}),
                                        node(node_1, {}, 1, memory_kind::memory_only)};
  EXPECT_EQ(nearest_nodes(2, nodes, {}, {}), (order{node_0, node_0}));
}

}  // namespace
}  // namespace nearmem
