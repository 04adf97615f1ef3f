#include <cstdint>
#include <cstring>
#include <limits>

#include <gtest/gtest.h>

#include <nearmem/accounting/contract.hpp>
#include <nearmem/alloc/large_blocks.hpp>

#include "tests/alloc/simulated_machine.hpp"

namespace nearmem {
namespace {

struct some_large_blocks : testing::Test {
  resource_options on_source() {
    resource_options options;
    options.pages = &source;
    return options;
  }
  bool audit() {
    std::size_t bytes = 0;
    return large.audit(pages, bytes) && bytes + pages.metadata() == pages.footprint();
  }
  void TearDown() override { large.release(pages); }

  simulated_machine simulated;
  page_source source = simulated.make();
  page_account pages{on_source()};
  large_blocks large;
  page_grant why;
};

using some_large_blocks_death = some_large_blocks;

TEST_F(some_large_blocks, are_charged_whole_pages_of_4096_bytes) {
  EXPECT_EQ(large_blocks::charge_for(0), 4096u);
  EXPECT_EQ(large_blocks::charge_for(4096), 4096u);
  EXPECT_EQ(large_blocks::charge_for(4097), 8192u);
  ASSERT_NE(large.allocate(pages, 40'000, 16, why), nullptr);
  EXPECT_EQ(large.charged(), 40'960u);
  EXPECT_EQ(large.blocks(), 1u);
  EXPECT_TRUE(audit());
}

TEST_F(some_large_blocks, of_more_than_there_can_be_are_charged_more_than_any_budget_has) {
  constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
  EXPECT_EQ(large_blocks::charge_for(most), most);
  EXPECT_EQ(large_blocks::charge_for(most - 4094), most);
  EXPECT_EQ(large_blocks::charge_for(most - 4095), most - 4095);
}

TEST_F(some_large_blocks, are_given_back_in_any_order) {
  void* blocks[5];
  for (void*& block : blocks) {
    block = large.allocate(pages, 50'000, 16, why);
    std::memset(block, 0xff, 50'000);
  }
  for (const std::size_t i : {2u, 0u, 4u, 1u, 3u}) {
    large.deallocate(pages, blocks[i], 50'000);
    EXPECT_TRUE(audit());
  }
  EXPECT_EQ(large.charged(), 0u);
  EXPECT_EQ(pages.footprint(), 0u);
}

TEST_F(some_large_blocks, honour_alignment_up_to_a_chunk) {
  for (std::size_t alignment = 4096; alignment <= page_source::chunk_bytes; alignment *= 2) {
    void* block = large.allocate(pages, 100, alignment, why);
    ASSERT_EQ(reinterpret_cast<std::uintptr_t>(block) % alignment, 0u);
  }
}

TEST_F(some_large_blocks, leave_nothing_behind_when_they_are_refused) {
  simulated.kernel.fail(kernel_call::populate, 1, ENOMEM);
  while (large.allocate(pages, 60 * mebibyte, 16, why) != nullptr) {
  }
  EXPECT_NE(why.failure, page_failure::none);
  EXPECT_TRUE(audit());
  large.release(pages);
  EXPECT_EQ(pages.footprint(), 0u);
}

TEST_F(some_large_blocks_death, are_told_of_what_they_do_not_hold) {
  if constexpr (build_checks == check_level::fast) GTEST_SKIP() << "built without checks";
  auto* block = static_cast<std::byte*>(large.allocate(pages, 50'000, 16, why));
  EXPECT_DEATH(large.deallocate(pages, block, 60'000), "another size");
  EXPECT_DEATH(large.deallocate(pages, block + 4096, 50'000), "no block");
  int foreign = 0;
  EXPECT_DEATH(large.deallocate(pages, &foreign, 50'000), "no block");
  large.deallocate(pages, block, 50'000);
  EXPECT_DEATH(large.deallocate(pages, block, 50'000), "no block");
}

}  // namespace
}  // namespace nearmem
