#include <cerrno>
#include <cstddef>
#include <new>

#include <gtest/gtest.h>

#include <nearmem/alloc/arena.hpp>

#include "tests/alloc/books.hpp"
#include "tests/alloc/simulated_machine.hpp"

namespace nearmem {
namespace {

// Asks for blocks of many sizes; expects the books right after each refusal.
std::size_t refusals_of(arena& tried, const machine& hardware) {
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

// Refuses the n-th call of each kind, n = 0, 1, 2, ... until none fails any more; on one node, so
// that no other helps out.
TEST(arena_refusal, leaves_the_arena_whole_whichever_call_is_refused) {
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
        arena tried(options);
        refusals += refusals_of(tried, simulated.hardware);
      }
      // A page that the kernel would not purge stays in memory, and out of the books.
      if (what != kernel_call::purge) {
        EXPECT_EQ(simulated.kernel.resident_bytes(), source.own_usage().footprint);
      }
      EXPECT_TRUE(source.audit());
      if (!simulated.kernel.has_failed()) break;
      ASSERT_LT(n, 5000u);
    }
  }
  EXPECT_GT(refusals, 0u);
}

}  // namespace
}  // namespace nearmem
