#include <atomic>
#include <cstddef>
#include <latch>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nearmem/accounting/budget.hpp>

namespace nearmem {
namespace {

constexpr node_id node_0{0};

TEST(budget_reclaimer, may_use_its_own_component_and_even_admit_and_poll_again) {
  budget one("one", 1000);
  ASSERT_TRUE(one.charge(1000, node_0));
  int runs = 0;
  one.set_reclaim([&](std::size_t, std::optional<node_id>) {
    ++runs;
    EXPECT_FALSE(one.charge(1, node_0));
    EXPECT_FALSE(one.admit(10));  // passes the running callback by
    one.refund(500, node_0);
    EXPECT_TRUE(one.admit(10));
    EXPECT_TRUE(one.poll());
    EXPECT_TRUE(one.charge(100, node_0));
  });
  EXPECT_TRUE(one.admit(400));
  EXPECT_EQ(runs, 1);
  one.refund(600, node_0);
}

TEST(budget_reclaimer, that_throws_leaves_admit_and_poll_with_everything_in_order) {
  budget one("one", 1000);
  one.set_soft_limit(500);
  ASSERT_TRUE(one.charge(1000, node_0));
  bool throws = true;
  one.set_reclaim([&](std::size_t bytes, std::optional<node_id>) {
    if (throws) throw std::runtime_error("disk full");
    one.refund(bytes, node_0);
  });
  EXPECT_THROW(one.admit(10), std::runtime_error);
  EXPECT_THROW(one.poll(), std::runtime_error);
  EXPECT_EQ(one.used(), 1000);
  throws = false;
  EXPECT_TRUE(one.admit(10));
  EXPECT_TRUE(one.poll());
  EXPECT_EQ(one.used(), 500);
  one.refund(500, node_0);
}

TEST(budget_reclaimer, that_blocks_holds_up_neither_charges_nor_other_admits) {
  budget one("one", 1000);
  ASSERT_TRUE(one.charge(1000, node_0));
  std::latch running(1);
  std::latch finish(1);
  std::atomic<int> runs{0};
  one.set_reclaim([&](std::size_t bytes, std::optional<node_id>) {
    ++runs;
    running.count_down();
    finish.wait();
    one.refund(bytes, node_0);
  });
  bool admitted = false;
  std::thread blocked([&] { admitted = one.admit(300); });
  running.wait();
  EXPECT_FALSE(one.admit(10));  // nothing fits now, and the callback is passed by
  one.refund(100, node_0);
  EXPECT_TRUE(one.admit(10));
  EXPECT_TRUE(one.charge(100, node_0));
  finish.count_down();
  blocked.join();
  EXPECT_TRUE(admitted);
  EXPECT_EQ(runs, 1);
  one.refund(700, node_0);
}

TEST(budget_reclaimer, may_free_from_other_threads_and_wait_for_them) {
  budget one("one", 1000);
  ASSERT_TRUE(one.charge(1000, node_0));
  one.set_reclaim([&](std::size_t bytes, std::optional<node_id>) {
    std::thread([&] { one.refund(bytes, node_0); }).join();
  });
  EXPECT_TRUE(one.admit(250));
  EXPECT_EQ(one.used(), 750);
  one.refund(750, node_0);
}

TEST(budget_reclaimer, may_have_the_tree_above_make_room_meanwhile) {
  budget process("process", 1000);
  budget a("a", 1000, &process);
  budget b("b", 1000, &process);
  ASSERT_TRUE(a.charge(500, node_0));
  ASSERT_TRUE(b.charge(500, node_0));
  b.set_reclaim([&](std::size_t bytes, std::optional<node_id>) { b.refund(bytes, node_0); });
  a.set_reclaim(
      [&](std::size_t bytes, std::optional<node_id>) { EXPECT_TRUE(process.admit(bytes)); });
  EXPECT_TRUE(a.admit(200));
  EXPECT_EQ(a.used(), 500);
  EXPECT_EQ(b.used(), 300);
  a.refund(500, node_0);
  b.refund(300, node_0);
}

TEST(budget_reclaimer, may_replace_itself) {
  budget one("one", 1000);
  ASSERT_TRUE(one.charge(1000, node_0));
  auto alive = std::make_shared<int>(0);
  std::weak_ptr<int> watched = alive;
  one.set_reclaim([&one, alive = std::move(alive)](std::size_t, std::optional<node_id>) {
    one.set_reclaim(nullptr);
    ++*alive;  // still there
  });
  EXPECT_FALSE(one.admit(10));
  EXPECT_TRUE(watched.expired());
  one.refund(1000, node_0);
}

TEST(budget_reclaimer, does_not_run_any_more_once_it_was_replaced) {
  budget one("one", 1000);
  ASSERT_TRUE(one.charge(1000, node_0));
  std::latch running(1);
  std::atomic<bool> ended{false};
  one.set_reclaim([&](std::size_t, std::optional<node_id>) {
    running.count_down();
    for (int i = 0; i < 1000; ++i)
      std::this_thread::yield();
    ended = true;
  });
  std::thread admitting([&] { EXPECT_FALSE(one.admit(10)); });
  running.wait();
  one.set_reclaim(nullptr);
  EXPECT_TRUE(ended);
  admitting.join();
  one.refund(1000, node_0);
}

TEST(budget_reclaimer, of_a_budget_that_ends_meanwhile_is_passed_by) {
  budget process("process", 1000);
  auto small = std::make_unique<budget>("small", budget::unlimited, &process);
  budget large("large", budget::unlimited, &process);
  ASSERT_TRUE(large.charge(700, node_0));
  ASSERT_TRUE(small->charge(300, node_0));
  small->set_reclaim([](std::size_t, std::optional<node_id>) { FAIL() << "its budget is gone"; });
  large.set_reclaim([&](std::size_t, std::optional<node_id>) {
    small->refund(300, node_0);
    small = nullptr;
  });
  EXPECT_FALSE(process.admit(500));
  EXPECT_TRUE(process.admit(300));
  large.refund(700, node_0);
}

TEST(budget_reclaimer, that_ran_on_another_thread_is_free_again_in_a_forked_child) {
  budget one("one", 1000);
  ASSERT_TRUE(one.charge(1000, node_0));
  std::latch running(1);
  std::latch finish(1);
  std::atomic<bool> blocks{true};
  one.set_reclaim([&](std::size_t bytes, std::optional<node_id>) {
    if (blocks) {
      running.count_down();
      finish.wait();
    }
    one.refund(bytes, node_0);
  });
  std::thread blocked([&] { one.admit(100); });
  running.wait();
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    ::alarm(30);  // ends a child that waits for a thread that it has not
    blocks = false;
    const bool admitted = one.admit(300);
    one.set_reclaim(nullptr);
    ::_exit(admitted && one.used() == 700 ? 0 : 2);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  finish.count_down();
  blocked.join();
  one.refund(900, node_0);
}

TEST(budget_reclaimer, must_not_destroy_its_own_budget) {
  EXPECT_DEATH(
      {
        auto one = std::make_unique<budget>("one", 1000U);
        if (!one->charge(1000, node_0)) return;
        one->set_reclaim([&](std::size_t, std::optional<node_id>) {
          one->refund(1000, node_0);
          one.reset();
        });
        one->admit(10);
      },
      "destroyed by its own reclaim callback");
}

}  // namespace
}  // namespace nearmem
