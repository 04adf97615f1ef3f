#include <atomic>
#include <cstring>
#include <optional>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/accounting/budget.hpp>
#include <nearmem/alloc/arena_pool.hpp>
#include <nearmem/topology/this_thread.hpp>

#include "tests/alloc/books.hpp"
#include "tests/alloc/simulated_machine.hpp"

namespace nearmem {
namespace {

struct an_arena_pool : testing::Test {
  resource_options on_source() {
    resource_options options;
    options.pages = &source;
    return options;
  }

  simulated_machine simulated;
  page_source source = simulated.make();
};

using an_arena_pool_death = an_arena_pool;

TEST_F(an_arena_pool, takes_nothing_until_it_is_asked) {
  arena_pool empty(on_source());
  EXPECT_EQ(empty.footprint(), 0u);
  expect_balanced(empty, simulated.hardware);
}

TEST_F(an_arena_pool, lends_an_arena_to_one_at_a_time) {
  arena_pool pool(on_source());
  {
    arena_lease first = pool.lease();
    arena_lease second = pool.lease();
    EXPECT_NE(&*first, &*second);
    first->allocate(100);
    second->allocate(200);
    EXPECT_EQ(pool.usage().charged, 300u);
    EXPECT_EQ(pool.arenas(), 2u);
  }
  EXPECT_EQ(pool.usage().charged, 0u);
  expect_balanced(pool, simulated.hardware);
}

TEST_F(an_arena_pool, lends_a_thread_the_arena_that_it_had) {
  arena_pool pool(on_source());
  arena* mine = nullptr;
  {
    arena_lease lease = pool.lease();
    mine = &*lease;
    std::thread([&pool] { static_cast<void>(pool.lease()); }).join();
  }
  EXPECT_EQ(pool.arenas(), 2u);
  EXPECT_EQ(&*pool.lease(), mine);
}

TEST_F(an_arena_pool, hands_on_the_arena_of_a_thread_that_has_ended) {
  arena_pool pool(on_source());
  for (int i = 0; i < 20; ++i) {
    std::thread([&pool] { pool.lease()->allocate(1000); }).join();
  }
  EXPECT_EQ(pool.arenas(), 1u);
}

TEST_F(an_arena_pool, lends_arenas_of_the_borrower_s_node) {
  arena_pool pool(on_source());
  {
    this_thread::assumed_node here(node_id{3});
    arena_lease lease = pool.lease();
    EXPECT_EQ(lease.node(), node_id{3});
    lease->allocate(100'000);
    EXPECT_GE(pool.usage(node_id{3}).footprint, 100'000u);
  }
  {
    this_thread::assumed_node here(node_id{5});
    EXPECT_EQ(pool.lease().node(), node_id{5});
  }
  EXPECT_EQ(pool.arenas(), 2u);
  // Wherever the thread goes later, the arena's blocks come from the node it was leased on.
  this_thread::assumed_node here(node_id{3});
  arena_lease lease = pool.lease();
  this_thread::assumed_node elsewhere(node_id{6});
  lease->allocate(3'000'000);
  EXPECT_EQ(pool.usage(node_id{6}).footprint, 0u);
}

TEST_F(an_arena_pool, retains_blocks_up_to_its_limit_over_all_arenas) {
  arena_pool pool(arena_options(on_source(), 300'000));
  {
    std::vector<arena_lease> leases;
    for (int i = 0; i < 5; ++i) {
      leases.push_back(pool.lease());
      for (int j = 0; j < 2000; ++j)
        leases.back()->allocate(100);
    }
    EXPECT_GE(pool.footprint(), 1'000'000u);
  }
  EXPECT_LE(pool.usage().unused, 300'000u);
  EXPECT_GE(pool.usage().unused, 200'000u);
  expect_balanced(pool, simulated.hardware);
  const std::size_t retained = pool.usage().unused;
  EXPECT_EQ(pool.trim(), retained);
  EXPECT_EQ(pool.usage().unused, 0u);
  expect_balanced(pool, simulated.hardware);
}

TEST_F(an_arena_pool, keeps_to_its_limit_when_blocks_come_back_that_were_not_used) {
  arena_pool pool(arena_options(on_source(), 100'000));
  const auto fill = [](arena& one) {
    for (int i = 0; i < 2000; ++i)
      one.allocate(100);
  };
  fill(*pool.lease());
  EXPECT_GT(pool.usage().unused, 50'000u);
  {
    // What the one retained is free for the other to retain, but is still there when it returns.
    const arena_lease idle = pool.lease();
    fill(*pool.lease());
  }
  EXPECT_LE(pool.usage().unused, 100'000u);
  expect_balanced(pool, simulated.hardware);
}

TEST_F(an_arena_pool, lets_leases_move) {
  arena_pool pool(on_source());
  std::optional<arena_lease> kept;
  {
    arena_lease lease = pool.lease();
    lease->allocate(10);
    kept.emplace(std::move(lease));
  }
  EXPECT_EQ(pool.usage().charged, 10u);
  *kept = pool.lease();
  EXPECT_EQ(pool.usage().charged, 0u);
}

TEST_F(an_arena_pool, serves_many_threads_at_once) {
  arena_pool pool(arena_options(on_source(), 100'000));
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&pool, i] {
      this_thread::assumed_node here(node_id{static_cast<unsigned>(i % 3)});
      for (int round = 0; round < 50; ++round) {
        arena_lease lease = pool.lease();
        for (int j = 0; j < 50; ++j)
          std::memset(lease->allocate(300), i, 300);
        if (round % 10 == i) pool.trim();
      }
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_LE(pool.arenas(), 8u);
  EXPECT_EQ(pool.usage().charged, 0u);
  expect_balanced(pool, simulated.hardware);
}

TEST_F(an_arena_pool, gives_free_arenas_blocks_to_who_trims_its_budget) {
  budget limit("arena pool test", 8 << 20);
  resource_options options = on_source();
  options.budget = &limit;
  arena_pool pool(options);
  {
    arena_lease lease = pool.lease();
    arena_lease other = pool.lease();
    lease->allocate(100'000);
    other->allocate(100'000);
  }
  arena_lease kept = pool.lease();
  kept->allocate(10);
  EXPECT_GE(limit.used(), 200'000u);
  EXPECT_GE(limit.trim(), 100'000u);
  EXPECT_EQ(pool.usage().charged, 10u);
  expect_balanced(pool, simulated.hardware);
}

TEST_F(an_arena_pool_death, may_not_end_before_its_leases) {
  if constexpr (build_checks == check_level::fast) GTEST_SKIP() << "built without checks";
  EXPECT_DEATH(
      {
        std::optional<arena_pool> pool(std::in_place, on_source());
        arena_lease lease = pool->lease();
        pool.reset();
      },
      "ended before its leases");
}

}  // namespace
}  // namespace nearmem
