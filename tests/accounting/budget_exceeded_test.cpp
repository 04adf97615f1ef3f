#include <deque>
#include <string>
#include <type_traits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nearmem/accounting/budget_exceeded.hpp>
#include <nearmem/accounting/budget_hold.hpp>

namespace nearmem {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr node_id node_0{0};
constexpr node_id node_3{3};

TEST(budget_exceeded, names_the_whole_tree_with_the_eater_first) {
  budget node("node", 5000);
  budget mempool("mempool", 2000, &node);
  budget coins("coins", budget::unlimited, &node);
  budget cache("cache", 1000, &coins);
  ASSERT_TRUE(mempool.charge(1500, node_0));
  ASSERT_TRUE(coins.charge(2500, node_0));
  ASSERT_TRUE(cache.charge(500, node_0));
  const budget_hold hold(node, 400);
  const budget_exceeded error(mempool, 101);
  EXPECT_STREQ(
      error.what(),
      "budget 'node/mempool' is refused 101 bytes by 'node': 4900 of 5000 used (400 held); "
      "by size: 'node' 4900 of 5000, 'node/coins' 3000 of unlimited, 'node/mempool' 1500 of 2000, "
      "'node/coins/cache' 500 of 1000");
  EXPECT_EQ(error.wanted(), 101);
  cache.refund(500, node_0);
  coins.refund(2500, node_0);
  mempool.refund(1500, node_0);
}

TEST(budget_exceeded, is_one_line_whatever_a_name_holds) {
  budget odd("cach\xc3\xa9\n\x1b[2J\x7f", 10);
  EXPECT_STREQ(budget_exceeded(odd, 11).what(),
               "budget 'cach\xc3\xa9??[2J?' is refused 11 bytes by 'cach\xc3\xa9??[2J?': 0 of 10 "
               "used (0 held); by size: 'cach\xc3\xa9??[2J?' 0 of 10");
  budget second(
      "a\xc2\x9b"
      "31mb\xc2\xa0\xc2\x80",
      10);
  EXPECT_THAT(budget_exceeded(second, 11).what(), StartsWith("budget 'a?31mb\xc2\xa0?' is"));
}

TEST(budget_exceeded, blames_the_lowest_level_that_refuses) {
  budget node("node", 5000);
  budget mempool("mempool", 2000, &node);
  EXPECT_THAT(budget_exceeded(mempool, 2001).what(), HasSubstr("by 'node/mempool': 0 of 2000"));
  EXPECT_THAT(budget_exceeded(mempool, 6000).what(), HasSubstr("by 'node/mempool': 0 of 2000"));
}

TEST(budget_exceeded, names_the_level_that_refused_whatever_has_room_since) {
  budget node("node", 5000);
  budget mempool("mempool", 2000, &node);
  const budget::refusal refused = mempool.try_charge(2001, node_0);
  ASSERT_EQ(refused.by, &mempool);
  EXPECT_FALSE(refused.of_node);
  EXPECT_THAT(budget_exceeded(mempool, 10, refused).what(), HasSubstr("by 'node/mempool': 0 of"));
  ASSERT_TRUE(node.charge(4500, node_0));
  const budget::refusal above = mempool.try_charge(501, node_0);
  EXPECT_EQ(above.by, &node);
  node.refund(4500, node_0);
  EXPECT_THAT(budget_exceeded(mempool, 501, above).what(), HasSubstr("by 'node': 0 of 5000"));
}

TEST(budget_exceeded, tells_the_node_only_where_its_limit_refused) {
  budget one("one", 5000);
  one.set_node_limit(node_3, 100);
  const budget::refusal of_node = one.try_charge(101, node_3);
  EXPECT_TRUE(of_node.of_node);
  EXPECT_EQ(budget_exceeded(one, 101, of_node, node_3).node(), node_3);
  const budget::refusal of_all = one.try_charge(5001, node_3);
  EXPECT_FALSE(of_all.of_node);
  EXPECT_EQ(budget_exceeded(one, 5001, of_all, node_3).node(), std::nullopt);
  ASSERT_TRUE(one.charge(60, node_0));
  EXPECT_TRUE(one.try_move(60, node_0, node_0).by == nullptr);
  one.set_node_limit(node_3, 50);
  EXPECT_EQ(one.try_move(60, node_0, node_3).by, &one);
  one.refund(60, node_0);
}

TEST(budget_exceeded, tells_the_limit_of_a_node) {
  budget one("one", 5000);
  one.set_node_limit(node_3, 100);
  ASSERT_TRUE(one.charge(80, node_3));
  EXPECT_STREQ(
      budget_exceeded(one, 21, node_3).what(),
      "budget 'one' is refused 21 bytes by 'one': 80 of 5000 used (0 held), on node 3 80 of "
      "100; by size: 'one' 80 of 5000");
  one.refund(80, node_3);
}

TEST(budget_exceeded, is_a_bad_alloc_that_copies_without_throwing) {
  static_assert(std::is_base_of_v<std::bad_alloc, budget_exceeded>);
  static_assert(std::is_nothrow_copy_constructible_v<budget_exceeded>);
  const budget one("one", 10);
  try {
    throw budget_exceeded(one, 11);
  } catch (const std::bad_alloc& error) {
    EXPECT_THAT(error.what(), StartsWith("budget 'one' is refused 11 bytes"));
  }
}

TEST(budget_exceeded, carries_every_budget_however_many_there_are) {
  budget node("node", 1'000'000);
  std::deque<budget> parts;
  for (std::size_t i = 0; i < 200; ++i) {
    parts.emplace_back("part" + std::to_string(i), 10'000, &node);
    ASSERT_TRUE(parts.back().charge(i + 1, node_0));
  }
  const budget_exceeded error(parts[7], 20'000);
  const std::string line = error.what();
  EXPECT_THAT(line, HasSubstr("by size: 'node' 20100 of 1000000, 'node/part199' 200 of 10000, "
                              "'node/part198' 199 of 10000"));
  EXPECT_THAT(line, EndsWith("'node/part0' 1 of 10000"));
  ASSERT_EQ(error.levels().size(), 201u);
  EXPECT_EQ(error.levels()[0].path, "node");
  EXPECT_EQ(error.levels()[0].limit, 1'000'000u);
  for (std::size_t i = 0; i < 200; ++i) {
    EXPECT_EQ(error.levels()[i + 1].path, "node/part" + std::to_string(199 - i));
    EXPECT_EQ(error.levels()[i + 1].used, 200 - i);
  }
  for (std::size_t i = 0; i < 200; ++i)
    parts[i].refund(i + 1, node_0);
}

TEST(budget_exceeded, carries_names_of_any_length) {
  const std::string long_name(3000, 'x');
  budget node(long_name, 100);
  budget part("part", 100, &node);
  const budget_exceeded error(part, 101);
  EXPECT_THAT(error.what(), HasSubstr("by '" + long_name + "/part': 0 of 100 used (0 held); by"));
  EXPECT_THAT(error.what(), EndsWith(long_name + "/part' 0 of 100"));
}

}  // namespace
}  // namespace nearmem
