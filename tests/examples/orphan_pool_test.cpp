#include "examples/fullnode/orphan_pool.hpp"

#include <gtest/gtest.h>

#include "tests/examples/incoming.hpp"

namespace nearmem::fullnode {
namespace {

constexpr std::size_t limit = std::size_t{2} << 20;

class orphan_pools : public testing::Test {
 protected:
  component_options options() { return {"orphans", limit, &node, resource_kind::nearmem, nullptr}; }

  budget node{"node", limit};
  incoming peer{profile::bitcoin};
};

TEST_F(orphan_pools, find_those_that_wait_for_a_parent) {
  orphan_pool pool(options(), {4, 0, 7});
  transaction child = peer.next();
  const hash256 parent{{std::byte{9}}};
  child.inputs.front().spends = {parent, 3};
  EXPECT_TRUE(pool.enter(child, 0, 1));
  EXPECT_FALSE(pool.enter(child, 1, 2)) << "it waits already";
  ASSERT_EQ(pool.children_of(parent).size(), 1u);
  EXPECT_EQ(pool.children_of(parent).front()->id(), child.id);
  EXPECT_TRUE(pool.children_of(child.id).empty());
  EXPECT_TRUE(pool.audit());
  EXPECT_TRUE(pool.release(child.id));
  EXPECT_FALSE(pool.release(child.id));
  EXPECT_TRUE(pool.children_of(parent).empty());
  EXPECT_EQ(pool.sample().evictions.spent, 1u);
}

TEST_F(orphan_pools, let_no_peer_have_more_than_its_share) {
  constexpr std::size_t share = 64 * 1024;
  orphan_pool pool(options(), {3, share, 0});
  transaction kept = peer.next();
  ASSERT_TRUE(pool.enter(kept, 2, 1));
  for (std::uint64_t i = 2; i < 600; ++i) {
    pool.enter(peer.next(), 1, i);
    ASSERT_LE(pool.peer_bytes(1), share);
    ASSERT_LE(pool.memory().usage().footprint, limit);
  }
  EXPECT_TRUE(pool.contains(kept.id)) << "another peer's flood is not its fault";
  EXPECT_EQ(pool.peer_bytes(0), 0u);
  EXPECT_GT(pool.sample().evictions.full, 300u);
  EXPECT_TRUE(pool.audit());
}

TEST_F(orphan_pools, let_the_oldest_go_where_the_budget_is_full) {
  orphan_pool pool(options(), {100, 0, 0});
  const transaction first = peer.next();
  pool.enter(first, 0, 1);
  std::uint64_t refused = 0;
  for (std::uint64_t i = 2; i < 6'000; ++i) {
    if (!pool.enter(peer.next(), i % 100, i)) ++refused;
    ASSERT_LE(pool.memory().budget().used(), limit);
  }
  EXPECT_LT(refused, 60u) << "a few of 65,000 bytes may find no pages in a row";
  EXPECT_FALSE(pool.contains(first.id));
  EXPECT_TRUE(pool.audit());
}

TEST_F(orphan_pools, let_go_what_waited_too_long) {
  orphan_pool pool(options(), {1, 0, 0});
  for (std::uint64_t i = 1; i <= 500; ++i)
    pool.enter(peer.next(), 0, i);
  const std::size_t before = pool.memory().usage().charged;
  EXPECT_EQ(pool.expire(401), 400u);
  EXPECT_EQ(pool.size(), 100u);
  EXPECT_LT(pool.memory().usage().charged, before / 2);
  EXPECT_EQ(pool.sample().evictions.age, 400u);
  EXPECT_TRUE(pool.audit());
}

}  // namespace
}  // namespace nearmem::fullnode
