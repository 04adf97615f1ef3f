#include <algorithm>
#include <deque>
#include <string>

#include <gtest/gtest.h>

#include <nearmem/accounting/budget.hpp>
#include <nearmem/accounting/budget_hold.hpp>
#include <nearmem/accounting/statistics.hpp>

namespace nearmem {
namespace {

constexpr node_id node_0{0};
constexpr node_id node_3{3};

const budget_statistics* find(const std::vector<budget_statistics>& all, const std::string& path) {
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const budget_statistics& one) { return one.path == path; });
  return found == all.end() ? nullptr : &*found;
}

TEST(statistics, read_what_each_budget_holds) {
  budget process("process", 10'000);
  budget part("part", budget::unlimited, &process);
  process.set_soft_limit(500);
  part.set_node_limit(node_3, 700);
  ASSERT_TRUE(part.charge(600, node_0));
  const budget_hold hold(process, 50);
  EXPECT_FALSE(part.charge(20'000, node_0));

  const auto all = read_budgets({node_0, node_3}, 9'999);
  const budget_statistics* top = find(all, "process");
  ASSERT_NE(top, nullptr);
  EXPECT_EQ(top->limit, 10'000);
  EXPECT_EQ(top->soft_limit, 500);
  EXPECT_EQ(top->used, 650);
  EXPECT_EQ(top->held, 50);
  EXPECT_EQ(top->peak, 650);
  EXPECT_EQ(top->refusals, 1);
  EXPECT_TRUE(top->over_soft_limit);
  EXPECT_TRUE(top->beyond_machine);
  ASSERT_EQ(top->nodes.size(), 1);
  EXPECT_EQ(top->nodes[0].used, 600);
  EXPECT_EQ(top->nodes[0].limit, std::nullopt);

  const budget_statistics* child = find(all, "process/part");
  ASSERT_NE(child, nullptr);
  EXPECT_GT(child, top);  // parents come first
  EXPECT_EQ(child->limit, std::nullopt);
  EXPECT_EQ(child->soft_limit, std::nullopt);
  EXPECT_FALSE(child->over_soft_limit);
  EXPECT_FALSE(child->beyond_machine);
  ASSERT_EQ(child->nodes.size(), 2);
  EXPECT_EQ(child->nodes[1].node, node_3);
  EXPECT_EQ(child->nodes[1].used, 0);
  EXPECT_EQ(child->nodes[1].limit, 700);
  part.refund(600, node_0);
}

TEST(statistics, read_more_budgets_than_a_first_look_has_room_for) {
  budget process("many", 10'000);
  std::deque<budget> parts;
  for (int i = 0; i < 100; ++i)
    parts.emplace_back("part" + std::to_string(i), 10U, &process);
  const auto all = read_budgets({}, 1);
  for (const budget& one : parts)
    EXPECT_NE(find(all, one.path()), nullptr) << one.path();
}

TEST(statistics, leave_counts_that_agree_as_they_are) {
  const resource_usage usage{600, 300, 100, 1000, 2000, 7, 500};
  EXPECT_EQ(settled(usage), usage);
}

TEST(statistics, settle_counts_that_were_read_while_they_changed) {
  for (const resource_usage& torn :
       {resource_usage{600, 0, 100, 1000, 900, 7, {}},
        resource_usage{2000, 300, 100, 1000, 0, 7, {}},
        resource_usage{600, 300, 5000, 1000, 0, 7, {}}, resource_usage{1, 2, 3, 0, 0, 1, {}}}) {
    const resource_usage one = settled(torn);
    EXPECT_EQ(one.footprint, torn.footprint);
    EXPECT_EQ(one.charged + one.unused + one.metadata, one.footprint);
    EXPECT_GE(one.peak_footprint, one.footprint);
    EXPECT_LE(one.charged, torn.charged);
    EXPECT_LE(one.metadata, torn.metadata);
  }
}

}  // namespace
}  // namespace nearmem
