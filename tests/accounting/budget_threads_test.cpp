#include <algorithm>
#include <atomic>
#include <cstdint>
#include <latch>
#include <new>
#include <optional>
#include <random>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/accounting/budget.hpp>
#include <nearmem/accounting/budget_hold.hpp>

namespace nearmem {
namespace {

constexpr int racers = 8;

// Charges and refunds at random, now and then through a hold.
void race(budget& on, std::size_t quantum, std::uint64_t seed, int rounds) {
  std::mt19937_64 random(seed);
  std::vector<std::pair<std::size_t, node_id>> mine;
  for (int round = 0; round < rounds; ++round) {
    if (round % 16 == 0) std::this_thread::yield();  // else each is done before the next begins
    const std::size_t bytes = 1 + random() % quantum;
    const node_id node{static_cast<std::uint32_t>(random() % 2)};
    if (random() % 8 == 0) {
      const budget_hold hold(on, bytes, std::nothrow);
      // A thread's net growth under its hold is never refused.
      if (hold) {
        ASSERT_TRUE(on.charge(bytes, node));
        mine.emplace_back(bytes, node);
      }
    } else if (random() % 4 != 0 || mine.empty()) {
      if (on.charge(bytes, node)) mine.emplace_back(bytes, node);
    } else {
      on.refund(mine.back().first, mine.back().second);
      mine.pop_back();
    }
    for (const budget* at = &on; at != nullptr; at = at->parent()) {
      ASSERT_LE(at->used(), at->limit());
    }
  }
  for (const auto& [bytes, node] : mine)
    on.refund(bytes, node);
}

TEST(budget_threads, are_never_above_a_limit_at_any_level) {
  budget process("process", 5'000'000);
  budget a("a", 4'000'000, &process);
  budget b("b", 4'000'000, &process);
  std::latch begin(racers + 1);
  std::atomic<int> racing{racers};
  std::vector<std::thread> threads;
  for (int i = 0; i < racers; ++i) {
    threads.emplace_back([&, i] {
      begin.arrive_and_wait();
      race(i % 2 == 0 ? a : b, 300'000, static_cast<std::uint64_t>(i), 4'000);
      --racing;
    });
  }
  begin.arrive_and_wait();
  while (racing > 0) {
    ASSERT_LE(process.used(), process.limit());
    ASSERT_LE(a.used(), a.limit());
    ASSERT_LE(b.used(), b.limit());
  }
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_LE(process.peak(), process.limit());
  EXPECT_GT(process.refusals() + a.refusals() + b.refusals(), 0);  // it was a race
  EXPECT_EQ(process.used(), 0);
  EXPECT_EQ(process.held(), 0);
  EXPECT_EQ(process.used(node_id{0}), 0);
  EXPECT_EQ(process.used(node_id{1}), 0);
}

// The formula of the header: limit - used < T * q when charges of at most q are refused.
TEST(budget_threads, leave_no_more_slack_than_the_header_says) {
  budget process("process", 5'000'000);
  budget part("part", budget::unlimited, &process);
  const std::size_t bytes = part.quantum();
  std::latch begin(racers);
  std::vector<std::thread> threads;
  std::atomic<std::size_t> taken{0};
  std::atomic<std::size_t> largest_slack{0};
  for (int i = 0; i < racers; ++i) {
    threads.emplace_back([&] {
      begin.arrive_and_wait();
      while (part.charge(bytes, node_id{0}))
        taken += bytes;
      const std::size_t slack = process.limit() - process.used();
      std::size_t before = largest_slack;
      while (before < slack && !largest_slack.compare_exchange_weak(before, slack)) {
      }
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_LT(largest_slack, racers * bytes);
  EXPECT_LT(process.limit() - process.used(), racers * bytes);
  EXPECT_LT(racers * bytes, process.limit() / 8 + racers);
  part.refund(taken, node_id{0});
}

TEST(budget_threads, admit_poll_and_trim_while_budgets_come_and_go) {
  budget process("process", 1'000'000);
  std::latch begin(4);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      begin.arrive_and_wait();
      for (int round = 0; round < 200; ++round) {
        budget mine("part" + std::to_string(i), budget::unlimited, &process);
        mine.set_soft_limit(100'000);
        std::atomic<std::size_t> has{0};
        mine.set_reclaim([&](std::size_t bytes, std::optional<node_id>) {
          std::size_t before = has;
          while (!has.compare_exchange_weak(before, before - std::min(before, bytes))) {
          }
          mine.refund(std::min(before, bytes), node_id{0});
        });
        if (mine.charge(300'000, node_id{0})) has += 300'000;
        mine.admit(200'000);
        process.admit(500'000);
        process.poll();
        ASSERT_LE(process.used(), process.limit());
        mine.set_reclaim(nullptr);
        mine.refund(has, node_id{0});
      }
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_EQ(process.used(), 0);
}

}  // namespace
}  // namespace nearmem
