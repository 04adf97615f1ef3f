#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <new>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <memusage.h>
#include <support/allocators/pool.h>

// A node that uses the accounting in the way and under the names in which Bitcoin Core's sources
// use theirs: unqualified calls in the global namespace, overloads added to them there, explicit
// template arguments, a pool that is destroyed and made again in place. That it compiles is the
// test; core_like_node's numbers are in bitcoin_core_files_test.cpp.
//
// Everything is in the global namespace, as in Core, and static where Core has it so.

struct uint256 {
  std::array<std::uint64_t, 4> words{};
  friend auto operator<=>(const uint256&, const uint256&) = default;
};

struct COutPoint {
  uint256 hash;
  std::uint32_t n = 0;
  friend auto operator<=>(const COutPoint&, const COutPoint&) = default;
};

// As many elements as fit lie inside; else there is an array.
template <unsigned int N, typename T, typename Size = std::uint32_t, typename Diff = std::int32_t>
class prevector {
 public:
  using value_type = T;
  using size_type = Size;
  using difference_type = Diff;

  prevector() = default;
  explicit prevector(Size count) : size_(count) {
    if (count > N) outside_.resize(count);
  }
  size_t allocated_memory() const { return is_direct() ? 0 : sizeof(T) * outside_.size(); }
  const T* begin() const { return is_direct() ? inside_.data() : outside_.data(); }
  const T* end() const { return begin() + size_; }
  Size size() const { return size_; }

 private:
  bool is_direct() const { return size_ <= N; }

  std::array<T, N> inside_{};
  std::vector<T> outside_;
  Size size_ = 0;
};

using CScriptBase = prevector<36, std::uint8_t>;
class CScript : public CScriptBase {
 public:
  using CScriptBase::CScriptBase;
};

struct CScriptWitness {
  std::vector<std::vector<unsigned char>> stack;
};
struct CTxIn {
  COutPoint prevout;
  CScript scriptSig;
  std::uint32_t nSequence = 0;
  CScriptWitness scriptWitness;
};
struct CTxOut {
  std::int64_t nValue = 0;
  CScript scriptPubKey;
};
struct CMutableTransaction {
  std::vector<CTxIn> vin;
  std::vector<CTxOut> vout;
};
class CTransaction {
 public:
  const std::vector<CTxIn> vin;
  const std::vector<CTxOut> vout;
  explicit CTransaction(CMutableTransaction&& tx)
      : vin(std::move(tx.vin)), vout(std::move(tx.vout)) {}
};
using CTransactionRef = std::shared_ptr<const CTransaction>;

// What Core's core_memusage.h adds: overloads in the global namespace that call each other.
static inline size_t RecursiveDynamicUsage(const CScript& script) {
  return memusage::DynamicUsage(script);
}
static inline size_t RecursiveDynamicUsage(const COutPoint&) {
  return 0;
}
static inline size_t RecursiveDynamicUsage(const CTxIn& in) {
  size_t mem = RecursiveDynamicUsage(in.scriptSig) + RecursiveDynamicUsage(in.prevout) +
               memusage::DynamicUsage(in.scriptWitness.stack);
  for (const auto& item : in.scriptWitness.stack)
    mem += memusage::DynamicUsage(item);
  return mem;
}
static inline size_t RecursiveDynamicUsage(const CTxOut& out) {
  return RecursiveDynamicUsage(out.scriptPubKey);
}
static inline size_t RecursiveDynamicUsage(const CTransaction& tx) {
  size_t mem = memusage::DynamicUsage(tx.vin) + memusage::DynamicUsage(tx.vout);
  for (const auto& in : tx.vin)
    mem += RecursiveDynamicUsage(in);
  for (const auto& out : tx.vout)
    mem += RecursiveDynamicUsage(out);
  return mem;
}
template <typename X>
static inline size_t RecursiveDynamicUsage(const std::shared_ptr<X>& p) {
  return p ? memusage::DynamicUsage(p) + RecursiveDynamicUsage(*p) : 0;
}

// The coins cache: a map on a pool of its own.
struct Coin {
  CTxOut out;
  std::uint32_t height = 0;
  size_t DynamicMemoryUsage() const { return memusage::DynamicUsage(out.scriptPubKey); }
};
struct CCoinsCacheEntry;
using CoinsCachePair = std::pair<const COutPoint, CCoinsCacheEntry>;
struct CCoinsCacheEntry {
  CoinsCachePair* previous = nullptr;
  CoinsCachePair* next = nullptr;
  Coin coin;
};
struct SaltedOutpointHasher {
  explicit SaltedOutpointHasher(bool deterministic = false) : salt(deterministic ? 0 : 7) {}
  size_t operator()(const COutPoint& id) const noexcept { return id.hash.words[0] ^ id.n ^ salt; }
  std::uint64_t salt;
};
using CCoinsMap =
    std::unordered_map<COutPoint, CCoinsCacheEntry, SaltedOutpointHasher, std::equal_to<COutPoint>,
                       PoolAllocator<CoinsCachePair, sizeof(CoinsCachePair) + sizeof(void*) * 4>>;
using CCoinsMapMemoryResource = CCoinsMap::allocator_type::ResourceType;

class CCoinsViewCache {
 public:
  void AddCoin(const COutPoint& outpoint, Coin&& coin) {
    auto [it, inserted] = cacheCoins.emplace(std::piecewise_construct,
                                             std::forward_as_tuple(outpoint), std::tuple<>());
    if (!inserted) cachedCoinsUsage -= it->second.coin.DynamicMemoryUsage();
    it->second.coin = std::move(coin);
    cachedCoinsUsage += it->second.coin.DynamicMemoryUsage();
  }
  void Reserve(size_t coins) { cacheCoins.reserve(coins); }
  size_t DynamicMemoryUsage() const {
    return memusage::DynamicUsage(cacheCoins) + cachedCoinsUsage;
  }
  size_t Buckets() const { return cacheCoins.bucket_count(); }
  const CCoinsMapMemoryResource& Resource() const { return m_cache_coins_memory_resource; }
  void ReallocateCache() {
    cacheCoins.~CCoinsMap();
    m_cache_coins_memory_resource.~CCoinsMapMemoryResource();
    ::new (&m_cache_coins_memory_resource) CCoinsMapMemoryResource{};
    ::new (&cacheCoins) CCoinsMap{0, SaltedOutpointHasher{/*deterministic=*/true},
                                  CCoinsMap::key_equal{}, &m_cache_coins_memory_resource};
    cachedCoinsUsage = 0;
  }

 private:
  mutable CCoinsMapMemoryResource m_cache_coins_memory_resource{};
  mutable CCoinsMap cacheCoins{0, SaltedOutpointHasher(/*deterministic=*/true),
                               CCoinsMap::key_equal{}, &m_cache_coins_memory_resource};
  mutable size_t cachedCoinsUsage{0};
};

// The mempool: a map by pointers, and an estimate of what an index costs.
template <class T>
struct DereferencingComparator {
  bool operator()(const T a, const T b) const { return *a < *b; }
};
template <class K, class T>
class indirectmap {
 public:
  using base = std::map<const K*, T, DereferencingComparator<const K*>>;
  using size_type = typename base::size_type;
  using value_type = typename base::value_type;

  void insert(const value_type& value) { m.insert(value); }
  size_type size() const { return m.size(); }

 private:
  base m;
};

struct CTxMemPoolEntry {
  CTransactionRef tx;
  std::array<std::uint64_t, 12> fees{};
};

class CTxMemPool {
 public:
  indirectmap<COutPoint, const CTransaction*> mapNextTx;
  std::map<uint256, std::int64_t> mapDeltas;
  std::vector<std::pair<uint256, const CTxMemPoolEntry*>> txns_randomized;
  std::list<CTxMemPoolEntry> mapTx;
  std::uint64_t cachedInnerUsage{0};

  size_t DynamicMemoryUsage() const {
    return memusage::MallocUsage(sizeof(CTxMemPoolEntry) + 9 * sizeof(void*)) * mapTx.size() +
           memusage::DynamicUsage(mapNextTx) + memusage::DynamicUsage(mapDeltas) +
           memusage::DynamicUsage(txns_randomized) + cachedInnerUsage;
  }
};

// Transactions of blocks that were disconnected.
struct SaltedTxidHasher {
  size_t operator()(const uint256& id) const { return id.words[0]; }
};
class DisconnectedBlockTransactions {
 public:
  void AddTransaction(const uint256& id, const CTransactionRef& tx) {
    iters_by_txid.emplace(id, queuedTx.insert(queuedTx.end(), tx));
    cachedInnerUsage += RecursiveDynamicUsage(tx);
  }
  size_t DynamicMemoryUsage() const {
    return cachedInnerUsage + memusage::DynamicUsage(iters_by_txid) +
           memusage::DynamicUsage(queuedTx);
  }
  size_t Buckets() const { return iters_by_txid.bucket_count(); }

 private:
  std::uint64_t cachedInnerUsage = 0;
  std::list<CTransactionRef> queuedTx;
  std::unordered_map<uint256, decltype(queuedTx)::iterator, SaltedTxidHasher> iters_by_txid;
};

// A message on the wire, and a line that is logged before there is a file.
template <typename T>
struct zero_after_free_allocator {
  using value_type = T;

  zero_after_free_allocator() noexcept = default;
  template <typename U>
  explicit zero_after_free_allocator(const zero_after_free_allocator<U>&) noexcept {}
  T* allocate(std::size_t n) { return std::allocator<T>{}.allocate(n); }
  void deallocate(T* p, std::size_t n) {
    std::memset(p, 0, n * sizeof(T));
    std::allocator<T>{}.deallocate(p, n);
  }
  template <typename U>
  friend bool operator==(const zero_after_free_allocator&,
                         const zero_after_free_allocator<U>&) noexcept {
    return true;
  }
};
struct DataStream {
  std::vector<std::byte, zero_after_free_allocator<std::byte>> vch;
  size_t GetMemoryUsage() const noexcept { return sizeof(*this) + memusage::DynamicUsage(vch); }
};
struct BufferedLog {
  std::int64_t now = 0;
  std::string str;
};
static inline size_t MemUsage(const BufferedLog& log) {
  return memusage::DynamicUsage(log.str) +
         memusage::MallocUsage(sizeof(memusage::list_node<BufferedLog>));
}
