#include "examples/fullnode/prefetch_pool.hpp"

#include <gtest/gtest.h>

#include "examples/fullnode/budget_too_small.hpp"
#include "examples/fullnode/made_blocks.hpp"

namespace nearmem::fullnode {
namespace {

constexpr std::size_t limit = std::size_t{1} << 20;

class prefetch_pools : public testing::Test {
 protected:
  component_options options(std::size_t bytes = limit) {
    return {"prefetch", bytes, &node, resource_kind::nearmem, nullptr};
  }

  budget node{"node", limit};
  made_blocks source{profile::minting, 1, 100};  // about 150,000 bytes each
};

TEST_F(prefetch_pools, read_ahead_until_the_budget_is_full) {
  prefetch_pool pool(options());
  while (pool.read_ahead(source)) {
  }
  EXPECT_GE(pool.read(), 4u);
  EXPECT_EQ(pool.size(), pool.read()) << "what was not used yet is not evicted";
  EXPECT_LE(node.used(), limit);
  const component_sample seen = pool.sample();
  EXPECT_EQ(seen.footprint, node.used());
  EXPECT_EQ(seen.owned, seen.charged);
}

TEST_F(prefetch_pools, let_go_what_was_used_longest_ago) {
  prefetch_pool pool(options());
  for (int i = 0; i < 4; ++i)
    ASSERT_TRUE(pool.read_ahead(source));
  ASSERT_NE(pool.use(1), nullptr);
  ASSERT_NE(pool.use(0), nullptr);
  ASSERT_NE(pool.use(1), nullptr);
  const std::uint64_t before = pool.read();
  while (pool.sample().evictions.lru == 0)
    ASSERT_TRUE(pool.read_ahead(source));
  EXPECT_GT(pool.read(), before);
  EXPECT_EQ(pool.use(0), nullptr);
  EXPECT_NE(pool.use(2), nullptr);
  EXPECT_EQ(pool.misses(), 1u);
}

TEST_F(prefetch_pools, hand_out_the_bytes_that_were_read) {
  prefetch_pool pool(options());
  made_blocks same(profile::minting, 1, 100);
  for (std::uint64_t number = 0; number < 20; ++number) {
    ASSERT_TRUE(pool.read_ahead(source));
    const serialized_block* used = pool.use(number);
    ASSERT_NE(used, nullptr);
    EXPECT_EQ(used->bytes, same.next({})->bytes);
    sha256 hasher;
    EXPECT_EQ(parse(*used, hasher, {}).transactions.size(), 101u);
  }
}

TEST_F(prefetch_pools, refuse_a_budget_that_holds_no_block) {
  prefetch_pool pool(options(64 * 1024));
  EXPECT_THROW(pool.read_ahead(source), budget_too_small);
}

}  // namespace
}  // namespace nearmem::fullnode
