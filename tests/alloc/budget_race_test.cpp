#include "tests/alloc/budget_race.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <random>
#include <shared_mutex>

#include <gtest/gtest.h>

#include <nearmem/alloc/arena_pool.hpp>
#include <nearmem/alloc/concurrent_arena.hpp>
#include <nearmem/alloc/synchronized_slab_resource.hpp>
#include <nearmem/alloc/unsynchronized_slab_resource.hpp>

#include "tests/support/seed.hpp"

namespace nearmem {
namespace {

void race_own_resources(std::size_t limit, std::size_t most_bytes, milliseconds time) {
  const std::uint64_t seed = test_seed();
  contested over(limit);
  watch(over, time, [&](int i, const std::atomic<bool>& done) {
    unsynchronized_slab_resource mine(options_under(i % 2 == 0 ? over.left : over.right));
    racer one(over, mine, most_bytes, seed + static_cast<std::uint64_t>(i));
    one.run(done);
    mine.trim();
    EXPECT_EQ(mine.footprint(), 0);
  });
  over.expect_was_within_and_is_empty();
}

// Each component's threads share one resource.
void race_shared_resources(std::size_t limit, std::size_t most_bytes, milliseconds time) {
  const std::uint64_t seed = test_seed();
  contested over(limit);
  synchronized_slab_resource left(options_under(over.left));
  synchronized_slab_resource right(options_under(over.right));
  watch(over, time, [&](int i, const std::atomic<bool>& done) {
    racer one(over, i % 2 == 0 ? left : right, most_bytes, seed + static_cast<std::uint64_t>(i));
    one.run(done);
  });
  left.trim();
  right.trim();
  EXPECT_EQ(left.footprint(), 0);
  EXPECT_EQ(right.footprint(), 0);
  EXPECT_TRUE(left.audit() && right.audit());
  over.expect_was_within_and_is_empty();
}

// What threads do to arenas until `done`, with blocks of up to `most_bytes`.
struct arena_racer {
  // Fills an arena a little; false where a budget refused.
  template <class Arena>
  bool fill(Arena& into) {
    try {
      for (int i = 0; i < 100; ++i) {
        const std::size_t most = random() % 8 == 0 ? most_bytes : 2000;
        static_cast<void>(into.allocate(1 + random() % most));
        EXPECT_TRUE(over.is_within());
      }
    } catch (const budget_exceeded&) {
      ++over.refusals;
      return false;
    }
    return true;
  }

  void run(arena_pool& pool, const std::atomic<bool>& done) {
    while (!done) {
      try {
        const arena_lease mine = pool.lease();
        while (!done && fill(*mine)) {
        }
      } catch (const budget_exceeded&) {
        ++over.refusals;  // by a lease that needed an arena of its own
      }
    }
  }
  // Who finds the shared arena full takes all of it back, alone.
  void run(concurrent_arena& shared, std::shared_mutex& life, const std::atomic<bool>& done) {
    while (!done) {
      {
        const std::shared_lock living(life);
        if (fill(shared)) continue;
      }
      const std::unique_lock alone(life);
      shared.release();
    }
  }

  contested& over;
  std::size_t most_bytes;
  std::mt19937_64 random;
};

// Half of the threads fill arenas that they lease, the others one that they share.
void race_arenas(std::size_t limit, std::size_t most_bytes, milliseconds time) {
  const std::uint64_t seed = test_seed();
  contested over(limit);
  {
    arena_pool pool(options_under(over.left));
    concurrent_arena shared(options_under(over.right));
    std::shared_mutex life;
    watch(over, time, [&](int i, const std::atomic<bool>& done) {
      arena_racer one{over, most_bytes, std::mt19937_64(seed + static_cast<std::uint64_t>(i))};
      if (i % 2 == 0) {
        one.run(pool, done);
      } else {
        one.run(shared, life, done);
      }
    });
    EXPECT_TRUE(pool.audit());
    EXPECT_TRUE(shared.audit());
    shared.release();
    EXPECT_EQ(shared.footprint(), 0);
  }
  over.expect_was_within_and_is_empty();
}

TEST(budget_race, of_resources_into_5_MB_is_never_above_it) {
  race_own_resources(5'000'000, 60'000, milliseconds(300));
}

TEST(budget_race, of_resources_into_300_MB_is_never_above_it) {
  race_own_resources(300'000'000, 4'000'000, milliseconds(1000));
}

TEST(budget_race, of_shared_resources_is_never_above_any_budget) {
  race_shared_resources(5'000'000, 60'000, milliseconds(300));
  race_shared_resources(300'000'000, 4'000'000, milliseconds(500));
}

TEST(budget_race, of_arenas_is_never_above_any_budget) {
  race_arenas(5'000'000, 60'000, milliseconds(300));
  race_arenas(300'000'000, 4'000'000, milliseconds(500));
}

TEST(budget_race, of_resources_into_5_MB_for_10_seconds_is_never_above_it) {
  race_own_resources(5'000'000, 60'000, milliseconds(10'000));
}

TEST(budget_race, of_resources_into_300_MB_for_10_seconds_is_never_above_it) {
  race_own_resources(300'000'000, 4'000'000, milliseconds(10'000));
}

TEST(budget_race, of_shared_resources_into_5_MB_for_10_seconds_is_never_above_it) {
  race_shared_resources(5'000'000, 60'000, milliseconds(10'000));
}

TEST(budget_race, of_shared_resources_into_300_MB_for_10_seconds_is_never_above_it) {
  race_shared_resources(300'000'000, 4'000'000, milliseconds(10'000));
}

TEST(budget_race, of_arenas_into_5_MB_for_10_seconds_is_never_above_it) {
  race_arenas(5'000'000, 60'000, milliseconds(10'000));
}

TEST(budget_race, of_arenas_into_300_MB_for_10_seconds_is_never_above_it) {
  race_arenas(300'000'000, 4'000'000, milliseconds(10'000));
}

}  // namespace
}  // namespace nearmem
