#include <algorithm>
#include <cstddef>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/accounting/budget.hpp>
#include <nearmem/accounting/budget_exceeded.hpp>
#include <nearmem/alloc/arena_resource.hpp>
#include <nearmem/alloc/synchronized_slab_resource.hpp>
#include <nearmem/alloc/unsynchronized_slab_resource.hpp>

#include "tests/alloc/simulated_machine.hpp"

// What budget.hpp says of resources: how little is left when one thread is refused, and that who
// admits what an exception wanted is served.
namespace nearmem {
namespace {

constexpr std::size_t page = 4096;

template <class Resource>
struct a_resource_at_its_limit : testing::Test {
  resource_options under(budget& payer) {
    resource_options options;
    options.pages = &source;
    options.budget = &payer;
    return options;
  }

  simulated_machine simulated;
  page_source source = simulated.make();
};

using resources =
    testing::Types<unsynchronized_slab_resource, synchronized_slab_resource, arena_resource>;
TYPED_TEST_SUITE(a_resource_at_its_limit, resources);

TYPED_TEST(a_resource_at_its_limit, leaves_less_than_a_quantum_or_a_block_and_its_descriptors) {
  for (const std::size_t limit : {200'000U, 1'000'000U, 2'000'000U, 5'000'000U}) {
    for (std::size_t more = 0; more < 10; ++more) {
      for (const std::size_t bytes : {1024U, 4608U, 16'384U, 32'768U, 100'000U}) {
        budget payer("payer", limit + more * page);
        TypeParam resource(this->under(payer));
        std::size_t left = 0;
        try {
          for (;;)
            (void)resource.allocate(bytes, 8);
        } catch (const budget_exceeded&) {
          left = payer.available();
        }
        const std::size_t pages = (bytes + page - 1) / page * page;
        const std::size_t metadata = 3 * page + std::max<std::size_t>(page, limit / page * 32);
        EXPECT_LT(left, std::max(payer.quantum(), pages) + metadata)
            << bytes << " of " << payer.limit();
        resource.release();
      }
    }
  }
}

TYPED_TEST(a_resource_at_its_limit, is_served_once_what_it_wanted_is_admitted) {
  for (const std::size_t bytes : {24U, 1000U, 40'000U}) {
    for (std::size_t free_pages = 0; free_pages < 12; ++free_pages) {
      budget process("process", 64 * page);
      budget pool("pool", budget::unlimited, &process);
      budget other("other", budget::unlimited, &process);
      std::size_t taken = (64 - free_pages) * page - 1000;
      ASSERT_TRUE(other.charge(taken, node_id{0}));
      TypeParam resource(this->under(pool));
      // Gives back what is missing, and not a byte more.
      process.set_reclaim([&](std::size_t wanted, std::optional<node_id>) {
        const std::size_t given = std::min(wanted, taken);
        other.refund(given, node_id{0});
        taken -= given;
      });
      std::vector<void*> blocks;
      bool refused = false;
      while (!refused) {
        try {
          blocks.push_back(resource.allocate(bytes, 8));
        } catch (const budget_exceeded& error) {
          refused = true;
          EXPECT_GE(error.wanted(), page);
          EXPECT_EQ(error.wanted() % page, 0u);
          ASSERT_TRUE(process.admit(error.wanted(), error.node()));
        }
      }
      bool served = false;
      for (int round = 0; round < 3 && !served; ++round) {
        try {
          blocks.push_back(resource.allocate(bytes, 8));
          served = true;
        } catch (const budget_exceeded& error) {
          ASSERT_TRUE(process.admit(error.wanted(), error.node()));
        }
      }
      EXPECT_TRUE(served) << bytes << " with " << free_pages << " pages at first";
      for (void* block : blocks)
        resource.deallocate(block, bytes, 8);
      resource.release();
      process.set_reclaim(nullptr);
      other.refund(taken, node_id{0});
    }
  }
}

}  // namespace
}  // namespace nearmem
