#include <cstdint>
#include <cstdlib>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <tests/support/seed.hpp>

#include <nearmem/topology/node_set.hpp>

namespace nearmem {
namespace {

// RapidCheck takes its seed from RC_PARAMS, once.
void seed_random_tests() {
  ::setenv("RC_PARAMS", ("seed=" + std::to_string(test_seed())).c_str(), 0);
}

node_set numbered(const std::set<std::uint32_t>& numbers) {
  node_set nodes;
  for (std::uint32_t number : numbers)
    nodes.insert(node_id{number});
  return nodes;
}

TEST(node_set, reads_what_numactl_reads) {
  EXPECT_EQ(node_set::parse("0"), numbered({0}));
  EXPECT_EQ(node_set::parse("0-3"), numbered({0, 1, 2, 3}));
  EXPECT_EQ(node_set::parse("0,2-3"), numbered({0, 2, 3}));
  EXPECT_EQ(node_set::parse("5-5"), numbered({5}));
  EXPECT_EQ(node_set::parse("3,1,1-2"), numbered({1, 2, 3}));
  EXPECT_EQ(node_set::parse("1023"), numbered({1023}));
  EXPECT_EQ(node_set::parse(""), node_set{});
}

TEST(node_set, refuses_everything_else) {
  for (const char* text :
       {"a", "-1", "1-", "-", ",", "1,", ",1", "1,,2", "3-1", "1024", "0-1024",
        "99999999999999999999", "1 ", " 1", "1-2-3", "0x1", "+1", "all", "1;2"}) {
    EXPECT_EQ(node_set::parse(text), std::nullopt) << text;
  }
}

TEST(node_set, is_spelled_in_ranges) {
  EXPECT_EQ(node_set{}.to_string(), "");
  EXPECT_EQ(numbered({0}).to_string(), "0");
  EXPECT_EQ(numbered({0, 1}).to_string(), "0-1");
  EXPECT_EQ(numbered({0, 2, 3, 63, 64, 65, 1023}).to_string(), "0,2-3,63-65,1023");
}

TEST(node_set, ignores_numbers_that_no_node_can_have) {
  node_set nodes{node_id{max_nodes}, node_id{~std::uint32_t{0}}};
  EXPECT_TRUE(nodes.empty());
  nodes.insert(node_id{max_nodes - 1});
  nodes.erase(node_id{max_nodes});
  EXPECT_EQ(nodes.size(), 1);
  EXPECT_FALSE(nodes.contains(node_id{max_nodes}));
}

TEST(node_set, unites_and_intersects) {
  node_set nodes = numbered({0, 1, 70});
  nodes |= numbered({2});
  EXPECT_EQ(nodes, numbered({0, 1, 2, 70}));
  nodes &= numbered({1, 70, 900});
  EXPECT_EQ(nodes, numbered({1, 70}));
  nodes.erase(node_id{70});
  EXPECT_EQ(nodes, numbered({1}));
}

TEST(node_set, lays_out_its_words_as_the_kernel_does) {
  EXPECT_EQ(numbered({1}).words()[0], 2);
  EXPECT_EQ(numbered({64}).words()[1], 1);
  EXPECT_EQ(numbered({1023}).words()[15], std::uint64_t{1} << 63);
}

TEST(node_set, is_read_back_as_it_is_spelled) {
  seed_random_tests();
  const bool holds = rc::check("parse(to_string()) is the set, which walks in order", [] {
    const auto numbers =
        *rc::gen::container<std::set<std::uint32_t>>(rc::gen::inRange<std::uint32_t>(0, max_nodes));
    const node_set nodes = numbered(numbers);
    RC_ASSERT(node_set::parse(nodes.to_string()) == std::optional<node_set>(nodes));
    RC_ASSERT(nodes.size() == numbers.size());
    std::vector<std::uint32_t> walked;
    for (node_id node : nodes)
      walked.push_back(to_number(node));
    RC_ASSERT(walked == std::vector<std::uint32_t>(numbers.begin(), numbers.end()));
  });
  EXPECT_TRUE(holds);
}

TEST(node_set, never_reads_what_it_would_not_spell) {
  seed_random_tests();
  const bool holds = rc::check("text of digits and signs is refused or a fixed point", [] {
    const auto text = *rc::gen::container<std::string>(rc::gen::element('0', '1', '7', '-', ','));
    if (const std::optional<node_set> nodes = node_set::parse(text)) {
      RC_ASSERT(node_set::parse(nodes->to_string()) == nodes);
    }
  });
  EXPECT_TRUE(holds);
}

}  // namespace
}  // namespace nearmem
