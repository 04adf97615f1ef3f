#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "tests/alloc/compat/core_like_node.hpp"

namespace {

// Core's formula, written down once more.
std::size_t malloced(std::size_t bytes) {
  return bytes == 0 ? 0 : (bytes + 31) / 16 * 16;
}

CTransactionRef a_transaction() {
  CMutableTransaction tx;
  tx.vin.resize(1);
  tx.vin[0].scriptSig = CScript(107);
  tx.vin[0].scriptWitness.stack = {std::vector<unsigned char>(72), std::vector<unsigned char>(33)};
  tx.vout.resize(2);
  tx.vout[0].scriptPubKey = CScript(25);
  tx.vout[1].scriptPubKey = CScript(67);
  return std::make_shared<const CTransaction>(std::move(tx));
}

std::size_t usage_of_a_transaction() {
  return malloced(sizeof(CTransaction)) + malloced(24) + malloced(sizeof(CTxIn)) +
         malloced(2 * sizeof(CTxOut)) + malloced(107) + malloced(67) +
         malloced(2 * sizeof(std::vector<unsigned char>)) + malloced(72) + malloced(33);
}

TEST(bitcoin_core_files, recurse_through_their_own_overloads) {
  EXPECT_EQ(RecursiveDynamicUsage(a_transaction()), usage_of_a_transaction());
  EXPECT_EQ(RecursiveDynamicUsage(CTransactionRef()), 0);
}

TEST(bitcoin_core_files, flush_a_coins_cache_by_its_pool) {
  CCoinsViewCache cache;
  const std::size_t chunk = malloced(24) + malloced(262'144);
  EXPECT_EQ(cache.DynamicMemoryUsage(), chunk + malloced(8));
  cache.Reserve(10'000);
  std::size_t scripts = 0;
  for (std::uint32_t i = 0; i < 10'000; ++i) {
    Coin coin;
    coin.out.scriptPubKey = CScript(i % 100);
    scripts += i % 100 > 36 ? malloced(i % 100) : 0;
    cache.AddCoin(COutPoint{{}, i}, std::move(coin));
  }
  EXPECT_GT(cache.Resource().NumAllocatedChunks(), 1);
  EXPECT_EQ(cache.Resource().ChunkSizeBytes(), 262'144);
  EXPECT_EQ(cache.DynamicMemoryUsage(), chunk * cache.Resource().NumAllocatedChunks() +
                                            malloced(8 * cache.Buckets()) + scripts);
  cache.ReallocateCache();
  EXPECT_EQ(cache.DynamicMemoryUsage(), chunk + malloced(8));
}

TEST(bitcoin_core_files, evict_from_a_mempool_by_their_estimate) {
  CTxMemPool pool;
  EXPECT_EQ(pool.DynamicMemoryUsage(), 0);
  const COutPoint spent;
  pool.mapTx.push_back({a_transaction(), {}});
  pool.mapNextTx.insert({&spent, pool.mapTx.front().tx.get()});
  pool.mapDeltas[{}] = 5;
  pool.txns_randomized.emplace_back(uint256(), &pool.mapTx.front());
  pool.cachedInnerUsage = RecursiveDynamicUsage(pool.mapTx.front().tx);
  EXPECT_EQ(pool.DynamicMemoryUsage(), malloced(112 + 72) + malloced(48) + malloced(32 + 40) +
                                           malloced(40) + usage_of_a_transaction());
}

TEST(bitcoin_core_files, bound_what_was_disconnected) {
  DisconnectedBlockTransactions queue;
  queue.AddTransaction({}, a_transaction());
  EXPECT_EQ(queue.DynamicMemoryUsage(), usage_of_a_transaction() + malloced(16 + 16) +
                                            malloced(32 + 8 + 8) + malloced(8 * queue.Buckets()));
}

TEST(bitcoin_core_files, bound_messages_and_early_log_lines) {
  DataStream stream;
  stream.vch.reserve(1000);
  EXPECT_EQ(stream.GetMemoryUsage(), sizeof(DataStream) + malloced(1000));
  EXPECT_EQ(MemUsage({0, std::string(100, 'x')}),
            malloced(100) + malloced(16 + sizeof(BufferedLog)));
}

// As Core's fuzz test of integers does.
TEST(bitcoin_core_files, ask_for_scalars_and_increments) {
  const std::int8_t byte = 1;
  const std::uint64_t word = 1;
  const double real = 1;
  const char character = 'x';
  const bool truth = true;
  EXPECT_EQ(memusage::DynamicUsage(byte) + memusage::DynamicUsage(word) +
                memusage::DynamicUsage(real) + memusage::DynamicUsage(character) +
                memusage::DynamicUsage(truth) + memusage::DynamicUsage(&word),
            0);
  EXPECT_EQ(memusage::IncrementalDynamicUsage(std::set<std::int64_t>()), malloced(40));
  EXPECT_EQ((memusage::IncrementalDynamicUsage(std::map<std::uint64_t, std::uint64_t>())),
            malloced(48));
  EXPECT_EQ((memusage::IncrementalDynamicUsage(indirectmap<COutPoint, int>())), malloced(48));
}

}  // namespace
