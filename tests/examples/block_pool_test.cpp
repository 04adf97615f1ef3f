#include "examples/fullnode/block_pool.hpp"

#include <gtest/gtest.h>

namespace nearmem::fullnode {
namespace {

constexpr std::size_t limit = std::size_t{2} << 20;

class block_pools : public testing::Test {
 protected:
  component_options options() { return {"blocks", limit, &node, resource_kind::nearmem, nullptr}; }
  // A block of about this size.
  static void fill(pooled_block& made, std::size_t bytes) {
    made.content.transactions.emplace_back().inputs.emplace_back().script.resize(bytes);
  }
  pooled_block* receive(block_pool& pool, std::uint32_t height, std::size_t bytes) {
    return pool.receive(height, bytes, [bytes](pooled_block& made) { fill(made, bytes); });
  }

  budget node{"node", limit};
};

TEST_F(block_pools, keep_so_many_connected_ones) {
  block_pool pool(options(), 3);
  for (std::uint32_t height = 0; height < 10; ++height) {
    pooled_block* made = receive(pool, height, 10'000);
    ASSERT_NE(made, nullptr);
    pool.note_connected(*made);
    EXPECT_EQ(pool.newest(), made);
    EXPECT_LE(pool.size(), 3u);
    const component_sample seen = pool.sample();
    EXPECT_EQ(seen.owned, seen.charged);
    EXPECT_EQ(seen.footprint, node.used());
  }
  EXPECT_EQ(pool.sample().evictions.age, 7u);
  pool.pop_newest();
  EXPECT_EQ(pool.newest()->height, 8u);
  pool.clear();
  EXPECT_EQ(node.used(), 0u);
}

TEST_F(block_pools, let_connected_ones_go_for_a_new_one) {
  block_pool pool(options(), 100);
  for (std::uint32_t height = 0; height < 20; ++height) {
    pooled_block* made = receive(pool, height, 500'000);
    ASSERT_NE(made, nullptr) << height;
    ASSERT_LE(node.used(), limit);
    pool.note_connected(*made);
  }
  EXPECT_GT(pool.sample().evictions.full, 10u);
  EXPECT_EQ(receive(pool, 20, 2 * limit), nullptr) << "no eviction makes room for that";
}

TEST_F(block_pools, keep_those_that_wait) {
  block_pool pool(options(), 100);
  std::uint32_t height = 0;
  while (receive(pool, height, 400'000) != nullptr)
    ++height;
  EXPECT_GE(height, 3u);
  EXPECT_EQ(pool.size(), height);
  EXPECT_EQ(pool.sample().evictions.total(), 0u);
}

}  // namespace
}  // namespace nearmem::fullnode
