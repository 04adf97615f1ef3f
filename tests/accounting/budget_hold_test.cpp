#include <memory>
#include <new>
#include <optional>
#include <thread>

#include <gtest/gtest.h>

#include <nearmem/accounting/budget_exceeded.hpp>
#include <nearmem/accounting/budget_hold.hpp>
#include <nearmem/accounting/contract.hpp>

namespace nearmem {
namespace {

constexpr node_id node_0{0};
constexpr node_id node_1{1};

bool charge_elsewhere(budget& on, std::size_t bytes) {
  bool taken = false;
  std::thread([&] { taken = on.charge(bytes, node_0); }).join();
  return taken;
}

TEST(budget_hold, reserves_at_every_level_and_gives_back_at_the_end) {
  budget process("process", 1000);
  budget part("part", 800, &process);
  {
    const budget_hold hold(part, 300);
    EXPECT_TRUE(hold);
    EXPECT_EQ(hold.size(), 300);
    EXPECT_EQ(hold.remaining(), 300);
    EXPECT_EQ(part.used(), 300);
    EXPECT_EQ(part.held(), 300);
    EXPECT_EQ(process.used(), 300);
    EXPECT_EQ(process.held(), 300);
    EXPECT_EQ(process.used(node_0), 0);
  }
  EXPECT_EQ(process.used(), 0);
  EXPECT_EQ(process.held(), 0);
}

TEST(budget_hold, pays_for_the_charges_of_its_thread_first) {
  budget process("process", 1000);
  budget part("part", 1000, &process);
  budget_hold hold(part, 300);
  ASSERT_TRUE(part.charge(200, node_0));
  EXPECT_EQ(hold.remaining(), 100);
  EXPECT_EQ(part.used(), 300);
  EXPECT_EQ(part.held(), 100);
  EXPECT_EQ(process.used(), 300);
  ASSERT_TRUE(part.charge(200, node_1));
  EXPECT_EQ(hold.remaining(), 0);
  EXPECT_EQ(part.used(), 400);
  EXPECT_EQ(part.held(), 0);
  hold.release();
  EXPECT_EQ(part.used(), 400);
  part.refund(200, node_0);
  part.refund(200, node_1);
}

TEST(budget_hold, keeps_its_bytes_from_other_threads) {
  budget one("one", 1000);
  budget_hold hold(one, 900);
  EXPECT_FALSE(charge_elsewhere(one, 101));
  ASSERT_TRUE(charge_elsewhere(one, 100));
  EXPECT_TRUE(one.charge(900, node_0));
  EXPECT_EQ(one.used(), 1000);
  one.refund(1000, node_0);
  EXPECT_EQ(hold.remaining(), 900);
}

TEST(budget_hold, pays_at_its_own_level_for_charges_from_below) {
  budget process("process", 1000);
  budget a("a", 500, &process);
  budget_hold hold(process, 400);
  ASSERT_TRUE(a.charge(300, node_0));
  EXPECT_EQ(a.used(), 300);
  EXPECT_EQ(a.held(), 0);
  EXPECT_EQ(process.used(), 400);
  EXPECT_EQ(process.held(), 100);
  EXPECT_FALSE(a.charge(201, node_0));  // a's own limit is not reserved
  EXPECT_EQ(hold.remaining(), 100);
  a.refund(300, node_0);
  EXPECT_EQ(hold.remaining(), 400);
  EXPECT_EQ(process.used(), 400);
}

TEST(budget_hold, does_not_pay_for_budgets_above_or_beside_it) {
  budget process("process", 1000);
  budget a("a", 1000, &process);
  budget b("b", 1000, &process);
  const budget_hold hold(a, 600);
  EXPECT_FALSE(process.charge(401, node_0));
  EXPECT_FALSE(b.charge(401, node_0));
  EXPECT_EQ(hold.remaining(), 600);
}

TEST(budget_hold, loses_nothing_when_a_charge_is_refused_at_any_level) {
  budget top("top", 1000);
  budget middle("middle", 700, &top);
  budget bottom("bottom", 700, &middle);
  budget_hold low(bottom, 100);
  budget_hold high(middle, 100);
  middle.set_node_limit(node_1, 150);
  for (const std::size_t bytes : {701U, 650U, 601U}) {
    EXPECT_FALSE(bottom.charge(bytes, node_0) && bottom.charge(bytes, node_0));
    if (bottom.used(node_0) != 0) bottom.refund(bottom.used(node_0), node_0);
    EXPECT_EQ(low.remaining(), 100);
    EXPECT_EQ(high.remaining(), 100);
    EXPECT_EQ(top.used(), 200);
    EXPECT_EQ(top.held(), 200);
    EXPECT_EQ(bottom.used(), 100);
  }
  EXPECT_FALSE(bottom.charge(151, node_1));
  EXPECT_EQ(low.remaining(), 100);
  EXPECT_EQ(high.remaining(), 100);
  EXPECT_EQ(middle.used(node_1), 0);
  EXPECT_EQ(top.used(node_1), 0);
}

TEST(budget_hold, is_topped_up_by_what_its_thread_gives_back_but_not_beyond_its_size) {
  budget one("one", 1000);
  ASSERT_TRUE(one.charge(500, node_0));
  budget_hold hold(one, 100);
  ASSERT_TRUE(one.charge(60, node_0));
  one.refund(60, node_0);  // as after pages that were charged and not got
  EXPECT_EQ(hold.remaining(), 100);
  EXPECT_EQ(one.used(), 600);
  one.refund(500, node_0);
  EXPECT_EQ(hold.remaining(), 100);
  EXPECT_EQ(one.used(), 100);
}

TEST(budget_hold, is_not_touched_by_other_threads_refunds) {
  budget one("one", 1000);
  budget_hold hold(one, 100);
  ASSERT_TRUE(one.charge(100, node_0));
  std::thread([&] { one.refund(100, node_0); }).join();
  EXPECT_EQ(hold.remaining(), 0);
  EXPECT_EQ(one.used(), 0);
}

TEST(budget_hold, nests_with_the_newest_paying_first) {
  budget one("one", 1000);
  budget_hold older(one, 100);
  budget_hold newer(one, 50);
  ASSERT_TRUE(one.charge(80, node_0));
  EXPECT_EQ(newer.remaining(), 0);
  EXPECT_EQ(older.remaining(), 70);
  older.release();  // in any order
  EXPECT_EQ(one.used(), 80);
  one.refund(80, node_0);
  EXPECT_EQ(newer.remaining(), 50);
  EXPECT_EQ(one.used(), 50);
}

TEST(budget_hold, that_does_not_fit_throws_or_says_so_and_changes_nothing) {
  budget process("process", 1000);
  budget part("part", budget::unlimited, &process);
  EXPECT_THROW(budget_hold(part, 1001), budget_exceeded);
  const budget_hold quiet(part, 1001, std::nothrow);
  EXPECT_FALSE(quiet);
  EXPECT_EQ(part.used(), 0);
  EXPECT_EQ(part.held(), 0);
  EXPECT_EQ(process.refusals(), 2);
}

TEST(budget_hold, counts_as_room_for_its_own_thread_when_admitting) {
  budget one("one", 1000);
  const budget_hold hold(one, 900);
  EXPECT_TRUE(one.admit(1000));
  EXPECT_TRUE(one.admit(900));
  bool admitted = true;
  std::thread([&] { admitted = one.admit(101); }).join();
  EXPECT_FALSE(admitted);
}

TEST(budget_hold, released_twice_breaks_the_contract) {
  if (build_checks == check_level::fast) {
    budget one("one", 10);
    budget_hold hold(one, 5);
    hold.release();
    hold.release();
    EXPECT_EQ(one.used(), 0);
    return;
  }
  EXPECT_DEATH(
      {
        budget one("one", 10);
        budget_hold hold(one, 5);
        hold.release();
        hold.release();
      },
      "released twice");
}

TEST(budget_hold, released_by_another_thread_ends_the_process) {
  EXPECT_DEATH(
      {
        budget one("one", 10);
        auto hold = std::make_unique<budget_hold>(one, 5U);
        std::thread([&] { hold.reset(); }).join();
      },
      "a thread that did not make it");
}

TEST(budget_hold, must_end_before_its_budget) {
  EXPECT_DEATH(
      {
        std::optional<budget> one(std::in_place, "one", 10U);
        const budget_hold hold(*one, 5);
        one.reset();
      },
      "held on it");
}

}  // namespace
}  // namespace nearmem
