#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/accounting/budget.hpp>
#include <nearmem/accounting/budget_exceeded.hpp>
#include <nearmem/alloc/resource_options.hpp>

// Threads race into a budget; nothing is ever above a limit, and nothing is left. What is compared
// with a limit is budget::used(), one atomic: a sum over several resources, each read at its own
// instant, would prove nothing. budget::peak() is what every single charge left behind.
namespace nearmem {

using std::chrono::milliseconds;

inline constexpr int racers = 8;

// A process of two components, each of which may have most of it.
struct contested {
  explicit contested(std::size_t limit)
      : process("process", limit),
        left("left", limit / 4 * 3, &process),
        right("right", limit / 4 * 3, &process) {}

  bool is_within() const {
    return process.used() <= process.limit() && left.used() <= left.limit() &&
           right.used() <= right.limit();
  }

  void expect_was_within_and_is_empty() const {
    EXPECT_LE(process.peak(), process.limit());
    EXPECT_GT(process.peak(), process.limit() / 2);
    EXPECT_EQ(process.used(), 0);
    EXPECT_EQ(left.used(), 0);
    EXPECT_EQ(right.used(), 0);
  }

  budget process;
  budget left;
  budget right;
  std::atomic<std::size_t> refusals{0};
};

// Allocates and frees, until `done`, blocks of up to `most_bytes`; all of it is freed at the end.
class racer {
 public:
  racer(contested& over, std::pmr::memory_resource& memory, std::size_t most_bytes,
        std::uint64_t seed)
      : over_(over), memory_(memory), most_bytes_(most_bytes), random_(seed) {}

  void run(const std::atomic<bool>& done) {
    while (!done) {
      if (blocks_.empty() || random_() % 4 != 0) {
        allocate();
      } else {
        free_one();
      }
      ASSERT_TRUE(over_.is_within());
    }
    while (!blocks_.empty())
      free_one();
  }

 private:
  void allocate() {
    // Most blocks are small, as most objects of a node are.
    const std::size_t most = random_() % 8 == 0 ? most_bytes_ : 2000;
    const std::size_t bytes = 1 + random_() % most;
    try {
      blocks_.emplace_back(memory_.allocate(bytes), bytes);
    } catch (const budget_exceeded&) {
      ++over_.refusals;
      for (std::size_t i = blocks_.size() / 2; i > 0; --i)
        free_one();
    }
  }

  void free_one() {
    std::swap(blocks_[random_() % blocks_.size()], blocks_.back());
    memory_.deallocate(blocks_.back().first, blocks_.back().second);
    blocks_.pop_back();
  }

  contested& over_;
  std::pmr::memory_resource& memory_;
  const std::size_t most_bytes_;
  std::mt19937_64 random_;
  std::vector<std::pair<void*, std::size_t>> blocks_;
};

inline resource_options options_under(budget& payer) {
  resource_options options;
  options.budget = &payer;
  return options;
}

// Runs the racers for a time, and until a first charge was refused, each by its own
// `start(index, done)`, while the limits are looked at every millisecond.
template <class Start>
void watch(const contested& over, milliseconds time, Start start) {
  std::atomic<bool> done{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < racers; ++i)
    threads.emplace_back([&, i] { start(i, done); });
  const auto end = std::chrono::steady_clock::now() + time;
  for (auto next = std::chrono::steady_clock::now(); next < end || over.refusals == 0;
       next += milliseconds(1)) {
    std::this_thread::sleep_until(next);
    EXPECT_TRUE(over.is_within());
  }
  done = true;
  for (std::thread& thread : threads)
    thread.join();
}

}  // namespace nearmem
