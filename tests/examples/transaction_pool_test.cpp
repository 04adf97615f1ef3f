#include "examples/fullnode/transaction_pool.hpp"

#include <iterator>
#include <random>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "examples/fullnode/copied_usage.hpp"
#include "tests/examples/incoming.hpp"
#include "tests/support/seed.hpp"

namespace nearmem::fullnode {
namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20;

class transaction_pools : public testing::Test {
 protected:
  component_options options(std::size_t limit) {
    return {"mempool", limit, &node, resource_kind::nearmem, nullptr};
  }

  budget node{"node", 256 * mebibyte};
};

TEST_F(transaction_pools, are_charged_to_the_byte_what_they_say) {
  transaction_pool pool(options(64 * mebibyte), {});
  incoming peer(profile::bitcoin);
  std::uint64_t arrival = 0;
  for (int i = 0; i < 3'000; ++i) {
    const transaction next = peer.next();
    const std::size_t before = pool.dynamic_usage();
    const std::size_t copied = copied_usage(next, pool.memory().resource());
    ASSERT_EQ(pool.enter(next, 1'000 + i, ++arrival), admission::admitted);
    EXPECT_GE(pool.dynamic_usage() - before, copied);
    ASSERT_EQ(pool.dynamic_usage(), pool.memory().usage().charged);
    EXPECT_EQ(pool.enter(next, 5, ++arrival), admission::known);
    EXPECT_EQ(pool.enter(peer.conflict(), 5'000, ++arrival), admission::conflict);
  }
  EXPECT_TRUE(pool.audit());
  const component_sample seen = pool.sample();
  EXPECT_EQ(seen.objects, 3'000u);
  EXPECT_EQ(seen.owned, seen.charged);
  EXPECT_GT(seen.modelled, seen.charged / 2);
}

// The rule of a network: 10,000 private transactions, of about 4,000 bytes each.
TEST_F(transaction_pools, hold_ten_thousand_private_ones_and_evict_the_lowest_fee_for_the_next) {
  transaction_pool pool(options(128 * mebibyte), {10'000, 0});
  incoming peer;
  std::uint64_t arrival = 0;
  hash256 lowest;
  for (std::int64_t i = 0; i < 10'000; ++i) {
    const transaction next = peer.next();
    // The lowest is somewhere in the middle.
    const std::int64_t fee = i == 4'321 ? 50'000 : 100'000 + i;
    if (i == 4'321) lowest = next.id;
    ASSERT_EQ(pool.enter(next, fee, ++arrival), admission::admitted);
  }
  const resource_usage full = pool.memory().usage();
  EXPECT_EQ(pool.size(), 10'000u);
  EXPECT_GT(full.charged, 10'000u * 3'800);
  EXPECT_LE(full.footprint, full.charged + full.charged / 10);
  EXPECT_EQ(pool.by_fee_rate().rbegin()->id(), lowest);

  EXPECT_EQ(pool.enter(peer.next(), 1, ++arrival), admission::full) << "pays less than the lowest";
  EXPECT_NE(pool.find(lowest), nullptr);
  EXPECT_EQ(pool.enter(peer.next(), 1'000'000'000, ++arrival), admission::admitted);
  EXPECT_EQ(pool.size(), 10'000u);
  EXPECT_EQ(pool.find(lowest), nullptr);
  EXPECT_EQ(pool.evictions().full, 1u);
  EXPECT_TRUE(pool.audit());
}

TEST_F(transaction_pools, stay_within_the_budget_and_keep_what_pays_best) {
  transaction_pool pool(options(4 * mebibyte), {});
  incoming peer;
  std::uint64_t told = 0;
  pool.on_eviction([&](const transaction&) { ++told; });
  std::mt19937_64 random(test_seed());
  for (std::uint64_t i = 1; i <= 5'000; ++i) {
    pool.enter(peer.next(), static_cast<std::int64_t>(random() % 1'000'000), i);
    ASSERT_LE(pool.memory().usage().footprint, 4 * mebibyte);
    ASSERT_LE(pool.memory().budget().used(), 4 * mebibyte);
  }
  EXPECT_TRUE(pool.audit());
  EXPECT_EQ(pool.evictions().full, told);
  EXPECT_GT(told, 500u);
  // What is left is most of the budget, and paid more than what came by chance.
  EXPECT_GT(pool.memory().usage().charged, 3 * mebibyte);
  auto middle = pool.by_fee_rate().begin();
  std::advance(middle, pool.size() / 2);
  EXPECT_GT(middle->fee, 700'000);
}

TEST_F(transaction_pools, release_the_bytes_of_what_goes_the_same_moment) {
  transaction_pool pool(options(64 * mebibyte), {});
  incoming peer;
  std::vector<transaction> came;
  for (std::uint64_t i = 1; i <= 2'000; ++i) {
    came.push_back(peer.next());
    ASSERT_EQ(pool.enter(came.back(), static_cast<std::int64_t>(i), i), admission::admitted);
  }
  const std::size_t full = pool.memory().usage().charged;

  pool.evict(mebibyte);  // full
  EXPECT_LE(pool.memory().usage().charged, full - mebibyte);
  EXPECT_GT(pool.evictions().full, 0u);

  std::size_t before = pool.memory().usage().charged;
  EXPECT_EQ(pool.expire(1'001), 1'000 - pool.evictions().full) << "the lowest fees came first";
  EXPECT_LT(pool.memory().usage().charged, before - mebibyte);

  before = pool.memory().usage().charged;
  for (std::size_t i = 1'000; i < 1'500; ++i)
    pool.confirm(came[i]);
  EXPECT_EQ(pool.evictions().spent, 500u);
  EXPECT_LT(pool.memory().usage().charged, before - mebibyte);
  EXPECT_TRUE(pool.audit());

  pool.expire(3'000);
  EXPECT_EQ(pool.size(), 0u);
  pool.memory().trim();
  EXPECT_LE(pool.memory().usage().footprint, mebibyte) << "the rest is the tables' arrays";
  EXPECT_EQ(pool.memory().usage().footprint, node.used());
}

TEST_F(transaction_pools, let_go_with_a_transaction_what_spends_its_outputs) {
  transaction_pool pool(options(8 * mebibyte), {});
  incoming peer;
  const transaction parent = peer.next();
  transaction child = peer.next();
  child.inputs.front().spends = {parent.id, 0};
  transaction grandchild = peer.next();
  grandchild.inputs.front().spends = {child.id, 0};
  ASSERT_EQ(pool.enter(parent, 1, 1), admission::admitted);
  ASSERT_EQ(pool.enter(child, 1'000'000, 2), admission::admitted);
  ASSERT_EQ(pool.enter(grandchild, 2'000'000, 3), admission::admitted);
  pool.evict(1);
  EXPECT_EQ(pool.size(), 0u);
  EXPECT_EQ(pool.evictions().full, 3u);
  EXPECT_TRUE(pool.audit());
}

TEST_F(transaction_pools, let_go_what_spends_what_a_block_spent) {
  transaction_pool pool(options(8 * mebibyte), {});
  incoming peer;
  const transaction waiting = peer.next();
  ASSERT_EQ(pool.enter(waiting, 1, 1), admission::admitted);
  pool.confirm(peer.conflict());
  EXPECT_EQ(pool.size(), 0u);
  EXPECT_EQ(pool.evictions().spent, 1u);
}

TEST_F(transaction_pools, refuse_one_that_spends_a_coin_twice) {
  transaction_pool pool(options(8 * mebibyte), {});
  incoming peer(profile::bitcoin);
  transaction twice = peer.next();
  twice.inputs.emplace_back(std::as_const(twice.inputs.front()));
  EXPECT_EQ(pool.enter(twice, 1, 1), admission::conflict);
  EXPECT_TRUE(pool.audit());
}

}  // namespace
}  // namespace nearmem::fullnode
