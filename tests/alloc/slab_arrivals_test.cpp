#include <cstdint>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/alloc/slab_arrivals.hpp>

#include "tests/alloc/supply_on_machine.hpp"

namespace nearmem {
namespace {

struct slab_arrivals_of : testing::Test {
  using sorted = std::vector<std::pair<slab*, std::uint16_t>>;

  sorted take_all() {
    sorted taken;
    arrivals.take_all([&](slab& each, std::uint16_t list) { taken.emplace_back(&each, list); });
    return taken;
  }

  supply_on_machine under;
  slab& one = under.make_slab(3);
  slab& other = under.make_slab(3);
  slab_arrivals arrivals;
};

TEST_F(slab_arrivals_of, are_taken_once_with_the_lists_that_they_are_to_be_on) {
  EXPECT_FALSE(slab_arrivals::has_come(one));
  arrivals.add(one, 64);
  arrivals.add(other, 65);
  EXPECT_TRUE(slab_arrivals::has_come(one));
  EXPECT_EQ(take_all(), (sorted{{&other, 65}, {&one, 64}}));
  EXPECT_EQ(take_all(), sorted());
}

TEST_F(slab_arrivals_of, are_known_until_they_are_forgotten) {
  arrivals.add(one, 64);
  take_all();
  EXPECT_TRUE(slab_arrivals::has_come(one));
  slab_arrivals::forget(one);
  EXPECT_FALSE(slab_arrivals::has_come(one));
  slab_arrivals::pass(one, 65);
  EXPECT_TRUE(slab_arrivals::has_come(one));
  EXPECT_EQ(take_all(), sorted());
}

TEST_F(slab_arrivals_of, may_go_elsewhere_while_they_wait) {
  arrivals.add(one, 64);
  EXPECT_TRUE(slab_arrivals::try_change(one, 64, 65));
  EXPECT_FALSE(slab_arrivals::try_change(one, 64, 65));
  EXPECT_EQ(take_all(), (sorted{{&one, 65}}));
  EXPECT_FALSE(slab_arrivals::try_change(one, 65, 64));
}

TEST_F(slab_arrivals_of, come_from_many_threads_while_one_takes_them) {
  constexpr int turns = 2000;
  std::vector<std::vector<slab*>> slabs(3);
  for (auto& of_thread : slabs) {
    for (int i = 0; i < 4; ++i)
      of_thread.push_back(&under.make_slab(3));
  }
  std::vector<std::thread> threads;
  for (auto& of_thread : slabs) {
    threads.emplace_back([&] {
      for (int turn = 0; turn < turns; ++turn) {
        slab& mine = *of_thread[static_cast<std::size_t>(turn) % of_thread.size()];
        // Until it was taken and forgotten.
        while (!mine.claim().is_nobodys())
          std::this_thread::yield();
        EXPECT_TRUE(mine.claim().try_claim(1));
        arrivals.add(mine, static_cast<std::uint16_t>(1 + turn % 2));
      }
    });
  }
  for (auto& of_thread : slabs) {
    for (slab* each : of_thread)
      EXPECT_TRUE(each->claim().try_give_up(0));
  }
  int taken = 0;
  while (taken < 3 * turns) {
    arrivals.take_all([&](slab& each, std::uint16_t list) {
      EXPECT_TRUE(list == 1 || list == 2);
      slab_arrivals::forget(each);
      EXPECT_TRUE(each.claim().try_give_up(0));
      ++taken;
    });
    std::this_thread::yield();
  }
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_EQ(take_all(), sorted());
}

}  // namespace
}  // namespace nearmem
