#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/alloc/slab_claim.hpp>

namespace nearmem {
namespace {

TEST(slab_claim, is_taken_by_one_only) {
  slab_claim claim;
  EXPECT_FALSE(claim.is_held());
  EXPECT_TRUE(claim.try_claim(7));
  EXPECT_FALSE(claim.try_claim(8));
  EXPECT_TRUE(claim.is_held_by(7));
  EXPECT_FALSE(claim.is_held_by(8));
  EXPECT_TRUE(claim.try_give_up());
  EXPECT_FALSE(claim.is_held());
  EXPECT_TRUE(claim.try_claim(8));
  EXPECT_EQ(claim.holder(), 8u);
}

TEST(slab_claim, knows_numbers_as_large_as_it_says) {
  slab_claim claim;
  EXPECT_TRUE(claim.try_claim(slab_claim::most_holders - 1));
  EXPECT_TRUE(claim.push((1u << slab_claim::chain_bits) - 1, [](std::uint32_t) {}));
  EXPECT_TRUE(claim.is_held_by(slab_claim::most_holders - 1));
  EXPECT_EQ(claim.take(), (1u << slab_claim::chain_bits) - 1);
}

TEST(slab_claim, takes_chains_for_who_holds_it_and_for_nobody_else) {
  slab_claim claim;
  std::uint32_t led_to = 99;
  EXPECT_FALSE(claim.push(3, [&](std::uint32_t next) { led_to = next; }));
  EXPECT_EQ(led_to, 0u);
  claim.try_claim(1);
  EXPECT_TRUE(claim.push(3, [&](std::uint32_t next) { led_to = next; }));
  EXPECT_EQ(led_to, 0u);
  EXPECT_TRUE(claim.push(5, [&](std::uint32_t next) { led_to = next; }));
  EXPECT_EQ(led_to, 3u);
  EXPECT_TRUE(claim.is_held_by(1));
  EXPECT_EQ(claim.take(), 5u);
  EXPECT_EQ(claim.take(), 0u);
}

TEST(slab_claim, leads_a_chain_that_came_too_late_to_nothing) {
  slab_claim claim;
  claim.try_claim(1);
  claim.push(3, [](std::uint32_t) {});
  std::uint32_t led_to = 99;
  // The holder takes the chain and gives the slab up after the pusher has looked.
  EXPECT_FALSE(claim.push(5, [&](std::uint32_t next) {
    led_to = next;
    if (next == 0) return;
    EXPECT_EQ(claim.take(), 3u);
    EXPECT_TRUE(claim.try_give_up());
  }));
  EXPECT_EQ(led_to, 0u);
}

TEST(slab_claim, is_not_given_up_before_its_chain_is_taken) {
  slab_claim claim;
  claim.try_claim(1);
  claim.push(3, [](std::uint32_t) {});
  EXPECT_FALSE(claim.try_give_up());
  EXPECT_TRUE(claim.is_held_by(1));
  EXPECT_EQ(claim.take(), 3u);
  EXPECT_TRUE(claim.try_give_up());
}

// Each thread pushes its own numbers, or claims when nobody holds; nothing is lost.
TEST(slab_claim, loses_nothing_between_threads) {
  constexpr std::uint32_t pushes = 5000;
  slab_claim claim;
  std::vector<std::uint32_t> next(4 * pushes + 1);
  std::atomic<std::uint32_t> taken{0};
  std::vector<std::thread> threads;
  for (std::uint32_t mine = 1; mine <= 4; ++mine) {
    threads.emplace_back([&, mine] {
      const auto take_all = [&] {
        for (std::uint32_t at = claim.take(); at != 0; at = next[at])
          ++taken;
      };
      for (std::uint32_t i = 0; i < pushes; ++i) {
        const std::uint32_t cell = (mine - 1) * pushes + i + 1;
        for (;;) {
          if (claim.push(cell, [&](std::uint32_t to) { next[cell] = to; })) break;
          if (!claim.try_claim(mine)) continue;
          ++taken;
          do
            take_all();
          while (!claim.try_give_up());
          break;
        }
      }
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_FALSE(claim.is_held());
  EXPECT_EQ(taken, 4 * pushes);
}

}  // namespace
}  // namespace nearmem
