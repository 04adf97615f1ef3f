#pragma once

#include <cerrno>
#include <cstddef>
#include <new>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/accounting/budget.hpp>
#include <nearmem/alloc/resource_options.hpp>

#include "tests/alloc/books.hpp"
#include "tests/alloc/simulated_machine.hpp"

namespace nearmem {

// What any slab resource must stand: that memory is refused, at any time.
namespace slab_resource_refusals {

struct taken {
  void* address;
  std::size_t bytes;
  std::size_t alignment;
};

inline constexpr std::size_t shapes[][2] = {{16, 8},     {100, 8},  {700, 64},    {2000, 8},
                                            {50'000, 8}, {64, 512}, {9000, 4096}, {32'768, 8}};

// Allocates, frees half, allocates again; expects the books right after each refusal.
template <class Resource>
std::size_t refusals_of(Resource& resource, const machine& hardware) {
  std::size_t refusals = 0;
  std::vector<taken> live;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 120; ++i) {
      const auto [bytes, alignment] = shapes[i % 8];
      const resource_usage before = resource.usage();
      try {
        live.push_back({resource.allocate(bytes, alignment), bytes, alignment});
        EXPECT_EQ(resource.usage().charged, before.charged + resource.charge_for(bytes, alignment));
      } catch (const std::bad_alloc&) {
        ++refusals;
        EXPECT_EQ(resource.usage().charged, before.charged);
        EXPECT_EQ(resource.usage().blocks, before.blocks);
        expect_balanced(resource, hardware);
      }
    }
    for (std::size_t i = 0; i < live.size(); ++i) {
      resource.deallocate(live[i].address, live[i].bytes, live[i].alignment);
      live[i] = live.back();
      live.pop_back();
    }
    expect_balanced(resource, hardware);
  }
  for (const taken& block : live)
    resource.deallocate(block.address, block.bytes, block.alignment);
  EXPECT_EQ(resource.usage().charged, 0u);
  resource.trim();
  EXPECT_EQ(resource.footprint(), 0u);
  return refusals;
}

// Refuses the n-th call of each kind, n = 0, 1, 2, ... until none fails any more; on one node, so
// that no other helps out.
template <class Resource>
void expect_whole_whichever_call_is_refused() {
  std::size_t refusals = 0;
  for (const kernel_call what : {kernel_call::open, kernel_call::populate, kernel_call::purge,
                                 kernel_call::set_policy, kernel_call::locate}) {
    for (std::size_t n = 0;; ++n) {
      simulated_machine simulated("numa:1(memory=64MB) core:2 pu:1");
      page_source source = simulated.make();
      resource_options options;
      options.pages = &source;
      simulated.kernel.fail(what, n, ENOMEM);
      {
        Resource resource(options);
        refusals += refusals_of(resource, simulated.hardware);
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

// The same by budgets of every size up to one that is enough.
template <class Resource>
void expect_whole_under_any_budget() {
  for (std::size_t pages = 0;; ++pages) {
    simulated_machine simulated;
    page_source source = simulated.make();
    budget limit("any", pages * 16 * 4096);
    resource_options options;
    options.pages = &source;
    options.budget = &limit;
    std::size_t refusals = 0;
    {
      Resource resource(options);
      refusals = refusals_of(resource, simulated.hardware);
    }
    EXPECT_EQ(limit.used(), 0u);
    if (refusals == 0) break;
    ASSERT_LT(pages, 1000u);
  }
}

}  // namespace slab_resource_refusals
}  // namespace nearmem
