#include <atomic>
#include <random>
#include <set>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/alloc/slab_depot.hpp>

#include "tests/alloc/supply_on_machine.hpp"
#include "tests/support/seed.hpp"

namespace nearmem {
namespace {

struct a_slab_depot : testing::Test {
  slab& with_used(std::uint32_t cells) {
    slab& made = under.make_slab(3);
    supply_on_machine::use(made, cells);
    return made;
  }
  // What an adopter with the number 2 is given.
  std::vector<slab*> adopt(std::size_t cells, std::size_t empty_bytes = 0) {
    slab_list list;
    depot.adopt(3, 2, {cells, empty_bytes}, [](std::uint32_t) { return true; }, list);
    std::vector<slab*> found;
    while (slab* const one = list.front()) {
      list.remove(*one);
      EXPECT_TRUE(one->claim().is_held_by(2));
      found.push_back(one);
    }
    return found;
  }

  // As another heap does that frees cell 1 of a slab; nothing, if nobody holds the slab.
  static void free_into_held(slab& what, std::uint64_t heap) {
    what.claim().push(
        heap, 1, 1, [](std::uint32_t, std::uint32_t) { return false; }, [](std::uint32_t) {});
  }

  supply_on_machine under;
  slab_depot depot;
};

TEST_F(a_slab_depot, gives_partly_free_slabs_before_empty_ones) {
  slab& empty = with_used(0);
  slab& partly = with_used(50);
  EXPECT_TRUE(depot.put(empty));
  EXPECT_TRUE(depot.put(partly));
  EXPECT_TRUE(depot.audit());
  EXPECT_FALSE(partly.claim().is_held());
  EXPECT_EQ(depot.empty_bytes(), empty.run().bytes);
  EXPECT_EQ(adopt(8), std::vector{&partly});
  EXPECT_EQ(adopt(8), std::vector{&empty});
  EXPECT_TRUE(adopt(8).empty());
  EXPECT_EQ(depot.empty_bytes(), 0u);
}

TEST_F(a_slab_depot, gives_only_such_as_the_adopter_may_have_and_empty_ones_to_all) {
  slab& empty = with_used(0);
  slab& partly = with_used(50);
  slab& own = with_used(50);
  partly.set_last_heap(7);
  own.set_last_heap(5);
  for (slab* each : {&empty, &own, &partly})
    depot.put(*each);
  const auto is_own = [](std::uint32_t last_heap) { return last_heap == 5; };
  slab_list list;
  depot.adopt(3, 2, {100, 0}, is_own, list);
  EXPECT_EQ(list.front(), &own);
  EXPECT_EQ(slab_list::after(own), nullptr);
  list.remove(own);
  depot.adopt(3, 2, {100, 0}, is_own, list);
  EXPECT_EQ(list.front(), &empty);
  EXPECT_TRUE(slab_depot::holds(partly));
}

TEST_F(a_slab_depot, wants_slabs_of_which_a_quarter_is_free) {
  EXPECT_FALSE(slab_depot::wants(0, 64));
  EXPECT_FALSE(slab_depot::wants(15, 64));
  EXPECT_TRUE(slab_depot::wants(16, 64));
  EXPECT_TRUE(slab_depot::wants(64, 64));
  EXPECT_FALSE(slab_depot::wants(0, 3));
  EXPECT_TRUE(slab_depot::wants(1, 3));
}

TEST_F(a_slab_depot, takes_a_slab_again_that_became_empty_there) {
  slab& one = with_used(50);
  depot.put(one);
  ASSERT_TRUE(one.claim().try_claim(9));
  for (std::uint32_t i = 0; i < one.cells(); ++i)
    one.set_free(i);
  EXPECT_EQ(depot.empty_bytes(), 0u);
  EXPECT_TRUE(depot.put(one));
  EXPECT_EQ(depot.empty_bytes(), one.run().bytes);
  EXPECT_TRUE(depot.audit());
  EXPECT_EQ(adopt(8), std::vector{&one});
}

TEST_F(a_slab_depot, takes_slabs_in_without_its_lock) {
  slab& empty = with_used(0);
  slab& partly = with_used(50);
  slab& emptied = with_used(50);
  for (slab* each : {&empty, &partly, &emptied})
    EXPECT_TRUE(depot.put(*each));
  ASSERT_TRUE(emptied.claim().try_claim(9));
  EXPECT_TRUE(slab_depot::holds(emptied));
  emptied.set_all_free();
  EXPECT_TRUE(depot.put(emptied));
  EXPECT_EQ(depot.empty_bytes(), empty.run().bytes + emptied.run().bytes);
  EXPECT_EQ(depot.locks_taken(), 0u);
  EXPECT_TRUE(depot.audit());
  EXPECT_EQ(adopt(1000), std::vector{&partly});
  EXPECT_EQ(adopt(1, 1 << 20).size(), 2u);
  EXPECT_EQ(depot.empty_bytes(), 0u);
}

TEST_F(a_slab_depot, gives_slabs_until_they_have_the_cells_that_are_wanted) {
  for (int i = 0; i < 5; ++i)
    depot.put(with_used(60));
  EXPECT_EQ(adopt(9).size(), 3u);
  EXPECT_EQ(adopt(100).size(), 2u);
}

TEST_F(a_slab_depot, gives_many_empty_slabs_at_once_to_who_uses_many) {
  for (int i = 0; i < 10; ++i)
    depot.put(with_used(0));
  EXPECT_EQ(adopt(8, 16'384).size(), 4u);
  EXPECT_EQ(adopt(8, 1 << 20).size(), 6u);
}

TEST_F(a_slab_depot, leaves_a_slab_with_its_holder_that_others_freed_into) {
  slab& one = with_used(50);
  free_into_held(one, 2);
  EXPECT_FALSE(depot.put(one));
  EXPECT_TRUE(one.claim().is_held_by(1));
  EXPECT_FALSE(slab_depot::holds(one));
  EXPECT_TRUE(adopt(8).empty());
}

TEST_F(a_slab_depot, passes_over_what_somebody_has_claimed) {
  slab& one = with_used(50);
  depot.put(one);
  ASSERT_TRUE(one.claim().try_claim(9));
  EXPECT_TRUE(slab_depot::holds(one));
  EXPECT_TRUE(adopt(8).empty());
  depot.remove(one);
  EXPECT_FALSE(slab_depot::holds(one));
  EXPECT_TRUE(depot.audit());
}

TEST_F(a_slab_depot, passes_over_an_empty_slab_that_is_about_to_be_given_up) {
  slab& one = with_used(0);
  slab& other = with_used(0);
  depot.put(one);
  depot.put(other);
  ASSERT_TRUE(one.claim().try_claim(9));
  slab_list surplus;
  depot.take_surplus(0, surplus);
  EXPECT_EQ(surplus.front(), &other);
  EXPECT_EQ(slab_list::after(other), nullptr);
  EXPECT_TRUE(adopt(8, 1 << 20).empty());
  EXPECT_EQ(depot.empty_bytes(), one.run().bytes);
  ASSERT_TRUE(one.claim().try_give_up(one.free_cells()));
  EXPECT_EQ(adopt(8), std::vector{&one});
}

TEST_F(a_slab_depot, gives_up_empty_slabs_beyond_what_is_to_be_kept) {
  for (int i = 0; i < 5; ++i)
    depot.put(with_used(0));
  slab_list surplus;
  depot.take_surplus(8192, surplus);
  EXPECT_EQ(depot.empty_bytes(), 8192u);
  int count = 0;
  for (slab* at = surplus.front(); at != nullptr; at = slab_list::after(*at))
    ++count;
  EXPECT_EQ(count, 3);
}

// Freers claim from outside, adopters from inside; every slab has one taker at a time.
TEST_F(a_slab_depot, gives_a_slab_to_one_of_those_who_want_it) {
  std::vector<slab*> slabs;
  for (int i = 0; i < 16; ++i) {
    slabs.push_back(&with_used(50));
    depot.put(*slabs.back());
  }
  std::vector<std::thread> threads;
  std::atomic<int> turns{0};
  for (std::uint64_t number = 10; number < 14; ++number) {
    threads.emplace_back([&, number] {
      for (int i = 0; i < 3000; ++i) {
        if (number % 2 == 0) {
          slab_list list;
          depot.adopt(3, number, {20, 0}, [](std::uint32_t) { return true; }, list);
          while (slab* const one = list.front()) {
            list.remove(*one);
            EXPECT_TRUE(one->claim().is_held_by(number));
            EXPECT_TRUE(depot.put(*one));
            ++turns;
          }
        } else {
          slab& one = *slabs[static_cast<std::size_t>(i) % slabs.size()];
          if (!one.claim().try_claim(number)) continue;
          EXPECT_TRUE(slab_depot::holds(one));
          depot.remove(one);
          EXPECT_TRUE(depot.put(one));
          ++turns;
        }
      }
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_GT(turns, 0);
  EXPECT_TRUE(depot.audit());
  EXPECT_EQ(adopt(1'000'000).size(), slabs.size());
}

// Slabs become empty on the way to a list, on it, and at home; and others free into them just when
// they are given up.
TEST_F(a_slab_depot, holds_each_slab_once_whoever_empties_it_meanwhile) {
  constexpr std::uint32_t used = 50;
  std::vector<slab*> slabs;
  for (int i = 0; i < 16; ++i) {
    slabs.push_back(&with_used(used));
    depot.put(*slabs.back());
  }
  std::atomic<int> emptied{0};
  const auto put = [&](slab& one) {
    while (!depot.put(one)) {
      EXPECT_FALSE(slab_depot::holds(one));
      one.claim().take();
    }
  };
  const auto adopt_some = [&](std::uint64_t number, std::minstd_rand& random) {
    slab_list list;
    depot.adopt(3, number, {20, 8192}, [](std::uint32_t) { return true; }, list);
    while (slab* const one = list.front()) {
      list.remove(*one);
      EXPECT_FALSE(slab_depot::holds(*one));
      if (one->free_cells() == one->cells()) supply_on_machine::use(*one, used);
      if (random() % 4 == 0) one->set_all_free();
      put(*one);
    }
  };
  const auto empty_from_outside = [&](std::uint64_t number, slab& one) {
    if (!one.claim().try_claim(number)) return;
    EXPECT_TRUE(slab_depot::holds(one));
    if (one.free_cells() < one.cells()) {
      one.set_all_free();
      ++emptied;
      return put(one);
    }
    while (!one.claim().try_give_up(one.free_cells()))
      one.claim().take();
  };
  std::vector<std::thread> threads;
  for (std::uint64_t number = 10; number < 14; ++number) {
    threads.emplace_back([&, number] {
      std::minstd_rand random(static_cast<unsigned>(test_seed() + number));
      for (int i = 0; i < 4000; ++i) {
        slab& one = *slabs[random() % slabs.size()];
        switch (random() % 3) {
          case 0:
            adopt_some(number, random);
            break;
          case 1:
            empty_from_outside(number, one);
            break;
          default:
            free_into_held(one, number);
        }
      }
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_GT(emptied, 0);
  EXPECT_TRUE(depot.audit());
  std::multiset<const slab*> there;
  depot.for_each([&](const slab& one) { there.insert(&one); });
  EXPECT_EQ(there, std::multiset<const slab*>(slabs.begin(), slabs.end()));
}

}  // namespace
}  // namespace nearmem
