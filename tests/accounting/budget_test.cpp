#include <cstddef>
#include <cstdlib>
#include <limits>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nearmem/accounting/budget.hpp>
#include <nearmem/accounting/contract.hpp>

namespace nearmem {
namespace {

using testing::HasSubstr;

constexpr node_id node_0{0};
constexpr node_id node_1{1};

// What the constructor says about a budget it refuses; "" if it makes it.
std::string refusal(const std::string& name, std::size_t limit, budget* parent = nullptr) {
  try {
    const budget made(name, limit, parent);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

TEST(budget, begins_empty_with_its_limit) {
  const budget one("one", 1000);
  EXPECT_EQ(one.name(), "one");
  EXPECT_EQ(one.path(), "one");
  EXPECT_EQ(one.limit(), 1000);
  EXPECT_EQ(one.soft_limit(), 1000);
  EXPECT_EQ(one.used(), 0);
  EXPECT_EQ(one.peak(), 0);
  EXPECT_EQ(one.available(), 1000);
  EXPECT_EQ(one.parent(), nullptr);
}

TEST(budget, takes_a_charge_up_to_its_limit_and_no_byte_more) {
  budget one("one", 1000);
  EXPECT_TRUE(one.charge(999, node_0));
  EXPECT_FALSE(one.charge(2, node_0));
  EXPECT_TRUE(one.charge(1, node_1));
  EXPECT_FALSE(one.charge(1, node_1));
  EXPECT_EQ(one.used(), 1000);
  EXPECT_EQ(one.used(node_0), 999);
  EXPECT_EQ(one.used(node_1), 1);
  EXPECT_EQ(one.refusals(), 2);
  one.refund(999, node_0);
  one.refund(1, node_1);
  EXPECT_EQ(one.used(), 0);
  EXPECT_EQ(one.used(node_0), 0);
  EXPECT_EQ(one.peak(), 1000);
}

TEST(budget, charges_every_level_above_it) {
  budget process("process", 1000);
  budget component("component", 800, &process);
  budget part("part", 500, &component);
  EXPECT_EQ(part.path(), "process/component/part");
  ASSERT_TRUE(part.charge(100, node_0));
  ASSERT_TRUE(component.charge(10, node_0));
  EXPECT_EQ(part.used(), 100);
  EXPECT_EQ(component.used(), 110);
  EXPECT_EQ(process.used(), 110);
  EXPECT_TRUE(part.is_within(process));
  EXPECT_TRUE(part.is_within(part));
  EXPECT_FALSE(process.is_within(part));
  component.refund(10, node_0);
  part.refund(100, node_0);
  EXPECT_EQ(process.used(), 0);
  EXPECT_EQ(process.used(node_0), 0);
}

TEST(budget, changes_nothing_at_any_level_when_one_refuses) {
  budget process("process", 1000);
  budget a("a", 900, &process);
  budget b("b", 900, &process);
  ASSERT_TRUE(a.charge(600, node_0));
  EXPECT_FALSE(b.charge(500, node_0));
  EXPECT_EQ(b.used(), 0);
  EXPECT_EQ(b.used(node_0), 0);
  EXPECT_EQ(b.refusals(), 0);
  EXPECT_EQ(process.used(), 600);
  EXPECT_EQ(process.refusals(), 1);
  EXPECT_EQ(b.available(), 400);
  EXPECT_TRUE(b.charge(400, node_0));
  b.refund(400, node_0);
  a.refund(600, node_0);
}

TEST(budget, keeps_a_node_within_its_limit_at_every_level) {
  budget process("process", 1000);
  budget part("part", 1000, &process);
  process.set_node_limit(node_1, 100);
  part.set_node_limit(node_0, 300);
  EXPECT_FALSE(part.charge(101, node_1));
  EXPECT_TRUE(part.charge(100, node_1));
  EXPECT_FALSE(part.charge(1, node_1));
  EXPECT_FALSE(part.charge(301, node_0));
  EXPECT_EQ(part.used(), 100);
  EXPECT_EQ(process.used(), 100);
  EXPECT_EQ(process.used(node_1), 100);
  part.refund(100, node_1);
}

TEST(budget, lets_no_charge_raise_a_node_whose_limit_was_lowered_below_its_use) {
  budget one("one", 1000);
  ASSERT_TRUE(one.charge(500, node_1));
  one.set_node_limit(node_1, 300);
  EXPECT_FALSE(one.charge(1, node_1));
  one.refund(300, node_1);
  EXPECT_FALSE(one.charge(101, node_1));
  EXPECT_TRUE(one.charge(100, node_1));
  one.set_node_limit(node_1, budget::unlimited);
  EXPECT_TRUE(one.charge(500, node_1));
  one.refund(800, node_1);
}

TEST(budget, moves_bytes_between_nodes_at_all_levels_or_at_none) {
  budget process("process", 1000);
  budget part("part", 1000, &process);
  ASSERT_TRUE(part.charge(200, node_0));
  process.set_node_limit(node_1, 150);
  EXPECT_FALSE(part.move(200, node_0, node_1));
  EXPECT_EQ(part.used(node_1), 0);
  EXPECT_EQ(part.used(node_0), 200);
  EXPECT_TRUE(part.move(150, node_0, node_1));
  EXPECT_EQ(part.used(node_0), 50);
  EXPECT_EQ(process.used(node_1), 150);
  EXPECT_EQ(process.used(), 200);
  part.refund(50, node_0);
  part.refund(150, node_1);
}

TEST(budget, of_zero_refuses_all_but_nothing) {
  budget none("none", 0);
  EXPECT_FALSE(none.charge(1, node_0));
  EXPECT_TRUE(none.charge(0, node_0));
  EXPECT_FALSE(none.admit(1));
  EXPECT_TRUE(none.admit(0));
}

TEST(budget, larger_than_any_machine_is_kept_and_never_overflows) {
  constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
  budget vast("vast", most);
  budget child("child", most, &vast);
  EXPECT_EQ(vast.limit(), budget::unlimited);
  ASSERT_TRUE(child.charge(4096, node_0));
  EXPECT_FALSE(child.charge(most, node_0));
  EXPECT_FALSE(child.charge(most - 4095, node_0));
  EXPECT_FALSE(child.charge(std::size_t{1} << 63, node_0));
  EXPECT_FALSE(child.charge(budget::unlimited, node_0));
  EXPECT_EQ(vast.used(), 4096);
  child.refund(4096, node_0);
}

TEST(budget, refuses_to_be_larger_than_its_parent) {
  budget parent("parent", 1000);
  EXPECT_EQ(refusal("child", 1001, &parent),
            "budget 'child': the limit 1001 is larger than 1000, the limit of its parent 'parent'");
  EXPECT_EQ(refusal("child", 1000, &parent), "");
  EXPECT_EQ(refusal("child", budget::unlimited, &parent), "");
}

TEST(budget, refuses_a_name_that_a_sibling_has) {
  budget parent("parent", 1000);
  budget other("other", 1000);
  const budget first("twin", 10, &parent);
  EXPECT_EQ(refusal("twin", 10, &parent), "budget 'parent/twin': the name is used already");
  EXPECT_EQ(refusal("twin", 10, &other), "");
  EXPECT_EQ(refusal("parent", 10), "budget 'parent': the name is used already");
}

TEST(budget, may_take_a_name_again_once_it_is_free) {
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(refusal("again", 10), "");
}

TEST(budget, refuses_names_that_cannot_be_printed_as_a_path) {
  EXPECT_THAT(refusal("", 10), HasSubstr("needs a name"));
  EXPECT_THAT(refusal("a/b", 10), HasSubstr("'/'"));
  EXPECT_THAT(refusal("a\xff", 10), HasSubstr("not UTF-8"));
  EXPECT_EQ(refusal("Speicher für \"alles\"\n", 10), "");
}

// A cycle would need a parent that is made after its child, or that is its own.
TEST(budget, refuses_a_parent_that_is_not_alive_so_that_no_cycle_can_be) {
  alignas(budget) std::byte room[sizeof(budget)]{};
  auto* const unborn = reinterpret_cast<budget*>(room);
  EXPECT_THAT(refusal("early", 10, unborn), HasSubstr("not a living budget"));
  EXPECT_THROW(new (room) budget("own", 10, unborn), std::invalid_argument);
  std::optional<budget> gone(std::in_place, "gone", 10U);
  budget* const dead = &*gone;
  gone.reset();
  EXPECT_THAT(refusal("late", 10, dead), HasSubstr("not a living budget"));
}

TEST(budget, ends_the_process_when_destroyed_before_its_children) {
  EXPECT_DEATH(
      {
        auto parent = std::make_unique<budget>("parent", 10);
        const budget child("child", 10, parent.get());
        parent.reset();
      },
      "destroyed before its children");
}

TEST(budget, ends_the_process_when_destroyed_with_bytes_still_charged) {
  EXPECT_DEATH(
      {
        budget one("one", 10);
        if (!one.charge(1, node_0)) std::exit(1);
      },
      "destroyed while bytes were charged");
}

TEST(budget, catches_a_refund_of_more_than_was_charged) {
  if (build_checks == check_level::fast) GTEST_SKIP() << "contracts are not checked in this build";
  EXPECT_DEATH(
      {
        budget one("one", 10);
        one.refund(1, node_0);
      },
      "more bytes were refunded");
}

TEST(budget, ends_the_process_when_a_node_cannot_be) {
  budget one("one", 1000);
  one.set_node_limit(node_id{max_nodes - 1}, 10);
  EXPECT_FALSE(one.charge(11, node_id{max_nodes - 1}));
  EXPECT_DEATH(static_cast<void>(one.charge(1, node_id{max_nodes})), "no memory node");
  EXPECT_DEATH(one.set_node_limit(node_id{~0U}, 1), "no memory node");
}

TEST(budget, asks_for_a_64th_at_once_between_a_page_and_2_MiB) {
  EXPECT_EQ(budget("tiny", 1000).quantum(), 4096);
  EXPECT_EQ(budget("small", 5'000'000).quantum(), 77824);
  EXPECT_EQ(budget("large", 300'000'000).quantum(), 2 << 20);
  budget process("process", 5'000'000);
  EXPECT_EQ(budget("inner", budget::unlimited, &process).quantum(), 77824);
}

TEST(budget, leaves_less_than_one_charge_of_slack_to_one_thread) {
  for (const std::size_t limit : {5'000'000U, 300'000'000U, 4095U, 65536U}) {
    budget process("process", limit);
    budget part("part", limit, &process);
    const std::size_t bytes = part.quantum();
    std::size_t taken = 0;
    while (part.charge(bytes, node_0))
      taken += bytes;
    EXPECT_LT(limit - process.used(), bytes);
    part.refund(taken, node_0);
  }
}

TEST(budget, says_when_it_is_over_its_soft_limit) {
  budget one("one", 1000);
  one.set_soft_limit(700);
  ASSERT_TRUE(one.charge(700, node_0));
  EXPECT_FALSE(one.over_soft_limit());
  ASSERT_TRUE(one.charge(1, node_0));
  EXPECT_TRUE(one.over_soft_limit());
  one.set_soft_limit(5000);
  EXPECT_EQ(one.soft_limit(), 1000);
  EXPECT_FALSE(one.over_soft_limit());
  one.refund(701, node_0);
}

}  // namespace
}  // namespace nearmem
