#include <cerrno>
#include <cstddef>
#include <new>

#include <gtest/gtest.h>

#include <nearmem/alloc/arena.hpp>
#include <nearmem/alloc/arena_pool.hpp>
#include <nearmem/alloc/concurrent_arena.hpp>

#include "tests/alloc/books.hpp"
#include "tests/alloc/simulated_machine.hpp"

namespace nearmem {
namespace {

// Asks for blocks of many sizes; expects the books right after each refusal.
template <class Arena>
std::size_t refusals_of(Arena& tried, const machine& hardware) {
  std::size_t refusals = 0;
  for (const std::size_t bytes : {1u, 100u, 5000u, 100u, 70'000u, 300'000u, 2000u, 9000u}) {
    const resource_usage before = tried.usage();
    try {
      tried.allocate_aligned(bytes, bytes == 5000 ? 8192 : 16);
      EXPECT_EQ(tried.usage().charged, before.charged + bytes);
    } catch (const std::bad_alloc&) {
      ++refusals;
      EXPECT_EQ(tried.usage().charged, before.charged);
      EXPECT_EQ(tried.usage().blocks, before.blocks);
    }
    expect_balanced(tried, hardware);
  }
  tried.reset();
  expect_balanced(tried, hardware);
  tried.release();
  EXPECT_EQ(tried.footprint(), 0u);
  return refusals;
}

// The same with arenas that are leased, whose leases may be refused, too.
std::size_t refusals_of(arena_pool& tried, const machine& hardware) {
  std::size_t refusals = 0;
  for (int turn = 0; turn < 3; ++turn) {
    try {
      const arena_lease one = tried.lease();
      for (const std::size_t bytes : {1u, 5000u, 70'000u, 300'000u, 2000u}) {
        const resource_usage before = tried.usage();
        try {
          one->allocate(bytes);
          EXPECT_EQ(tried.usage().charged, before.charged + bytes);
        } catch (const std::bad_alloc&) {
          ++refusals;
          EXPECT_EQ(tried.usage().charged, before.charged);
        }
        expect_balanced(tried, hardware);
      }
    } catch (const std::bad_alloc&) {
      ++refusals;
      EXPECT_EQ(tried.arenas(), 0u);
    }
    expect_balanced(tried, hardware);
  }
  return refusals;
}

// Refuses the n-th call of each kind, n = 0, 1, 2, ... until none fails any more; on one node, so
// that no other helps out.
template <class Arena>
void refuse_every_call() {
  std::size_t refusals = 0;
  for (const kernel_call what : {kernel_call::open, kernel_call::populate, kernel_call::purge,
                                 kernel_call::set_policy, kernel_call::locate}) {
    for (std::size_t n = 0;; ++n) {
      simulated_machine simulated("numa:1(memory=64MB) core:2 pu:1");
      page_source source = simulated.make();
      arena_options options;
      options.pages = &source;
      options.retained_bytes = 64 * 1024;
      simulated.kernel.fail(what, n, ENOMEM);
      {
        Arena tried(options);
        refusals += refusals_of(tried, simulated.hardware);
      }
      // A page that the kernel would not purge stays in memory, and out of the books.
      if (what != kernel_call::purge) {
        EXPECT_EQ(simulated.kernel.resident_bytes(), source.own_usage().footprint);
      }
      EXPECT_EQ(source.own_usage().committed, source.own_usage().footprint);
      EXPECT_TRUE(source.audit());
      if (!simulated.kernel.has_failed()) break;
      ASSERT_LT(n, 5000u);
    }
  }
  EXPECT_GT(refusals, 0u);
}

TEST(arena_refusal, leaves_the_arena_whole_whichever_call_is_refused) {
  refuse_every_call<arena>();
}
TEST(arena_refusal, leaves_a_concurrent_arena_whole_whichever_call_is_refused) {
  refuse_every_call<concurrent_arena>();
}
TEST(arena_refusal, leaves_an_arena_pool_whole_whichever_call_is_refused) {
  refuse_every_call<arena_pool>();
}

}  // namespace
}  // namespace nearmem
