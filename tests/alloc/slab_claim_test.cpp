#include <cstdint>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/alloc/slab_claim.hpp>

namespace nearmem {
namespace {

constexpr auto never = [](std::uint32_t, std::uint32_t) { return false; };
constexpr auto always = [](std::uint32_t, std::uint32_t) { return true; };
constexpr auto no_link = [](std::uint32_t) {};

TEST(slab_claim, is_taken_by_one_only) {
  slab_claim claim;
  EXPECT_FALSE(claim.is_held());
  EXPECT_TRUE(claim.try_claim(7));
  EXPECT_FALSE(claim.try_claim(8));
  EXPECT_TRUE(claim.is_held_by(7));
  EXPECT_FALSE(claim.is_held_by(8));
  EXPECT_FALSE(claim.is_nobodys());
  EXPECT_TRUE(claim.try_give_up(0));
  EXPECT_TRUE(claim.is_nobodys());
  EXPECT_FALSE(claim.is_held());
  EXPECT_FALSE(claim.is_held_by(0));
  EXPECT_TRUE(claim.try_claim(8));
  EXPECT_TRUE(claim.is_held_by(8));
}

TEST(slab_claim, knows_numbers_as_large_as_it_says) {
  slab_claim claim;
  EXPECT_TRUE(claim.try_claim(slab_claim::most_holders - 1));
  EXPECT_TRUE(claim.push(1, (1u << slab_claim::chain_bits) - 1, 1, never, no_link));
  EXPECT_TRUE(claim.is_held_by(slab_claim::most_holders - 1));
  EXPECT_EQ(claim.take(), (1u << slab_claim::chain_bits) - 1);
}

TEST(slab_claim, takes_chains_for_who_holds_it_but_not_from_them) {
  slab_claim claim;
  std::uint32_t led_to = 99;
  const auto link = [&](std::uint32_t next) { led_to = next; };
  claim.try_claim(1);
  EXPECT_TRUE(claim.push(2, 3, 10, never, link));
  EXPECT_EQ(led_to, 0u);
  EXPECT_TRUE(claim.push(2, 5, 10, never, link));
  EXPECT_EQ(led_to, 3u);
  EXPECT_FALSE(claim.push(1, 7, 10, always, link));
  EXPECT_TRUE(claim.is_held_by(1));
  EXPECT_EQ(claim.take(), 5u);
  EXPECT_EQ(claim.take(), 0u);
}

TEST(slab_claim, counts_what_is_free_while_nobody_holds_it) {
  slab_claim claim;
  claim.try_claim(1);
  ASSERT_TRUE(claim.try_give_up(7));
  EXPECT_EQ(claim.free_cells(), 7u);
  EXPECT_TRUE(claim.push(2, 3, 10, always, no_link));
  EXPECT_EQ(claim.free_cells(), 17u);
  const auto may_stay = [](std::uint32_t before, std::uint32_t then) {
    EXPECT_EQ(before, 17u);
    EXPECT_EQ(then, 19u);
    return false;
  };
  EXPECT_FALSE(claim.push(2, 5, 2, may_stay, no_link));
  EXPECT_EQ(claim.free_cells(), 17u);
  EXPECT_FALSE(claim.is_held());
  EXPECT_EQ(claim.chain(), 3u);
}

TEST(slab_claim, is_claimed_with_the_chain_that_is_on_it) {
  slab_claim claim;
  ASSERT_TRUE(claim.push(2, 3, 10, always, no_link));
  EXPECT_TRUE(claim.try_claim(5));
  EXPECT_TRUE(claim.is_held_by(5));
  EXPECT_EQ(claim.take(), 3u);
  EXPECT_TRUE(claim.is_held_by(5));
}

TEST(slab_claim, is_not_given_up_before_its_chain_is_taken) {
  slab_claim claim;
  claim.try_claim(1);
  claim.push(2, 3, 1, never, no_link);
  EXPECT_FALSE(claim.try_give_up(0));
  EXPECT_TRUE(claim.is_held_by(1));
  EXPECT_EQ(claim.take(), 3u);
  EXPECT_TRUE(claim.try_give_up(1));
}

// Each thread pushes its own numbers, or claims when it must; nothing is lost.
TEST(slab_claim, loses_nothing_between_threads) {
  constexpr std::uint32_t pushes = 5000;
  slab_claim claim;
  std::vector<std::uint32_t> next(4 * pushes + 1);
  std::uint32_t taken = 0;  // by who holds it
  std::vector<std::thread> threads;
  for (std::uint32_t mine = 1; mine <= 4; ++mine) {
    threads.emplace_back([&, mine] {
      const auto may_stay = [](std::uint32_t, std::uint32_t then) { return then % 8 != 0; };
      for (std::uint32_t i = 0; i < pushes; ++i) {
        const std::uint32_t cell = (mine - 1) * pushes + i + 1;
        const auto link = [&](std::uint32_t to) { next[cell] = to; };
        while (!claim.push(mine, cell, 1, may_stay, link)) {
          if (!claim.try_claim(mine)) continue;
          ++taken;
          do {
            for (std::uint32_t at = claim.take(); at != 0; at = next[at])
              ++taken;
          } while (!claim.try_give_up(taken));
          break;
        }
      }
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_FALSE(claim.is_held());
  EXPECT_EQ(claim.free_cells(), 4 * pushes);
  for (std::uint32_t at = claim.chain(); at != 0; at = next[at])
    ++taken;
  EXPECT_EQ(taken, 4 * pushes);
}

}  // namespace
}  // namespace nearmem
