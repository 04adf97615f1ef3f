#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/alloc/compat/bitcoin_core.hpp>
#include <nearmem/alloc/compat/core_memusage.hpp>

namespace nearmem {
namespace {

// Every expectation is Core's answer on 64 bits, in numbers.

struct coin_key {
  std::uint64_t words[4];

  bool operator<(const coin_key& other) const { return words[0] < other.words[0]; }
  bool operator==(const coin_key& other) const { return words[0] == other.words[0]; }
};
struct coin_hash {
  std::size_t operator()(const coin_key& x) const noexcept { return x.words[0]; }
};

TEST(core_memusage, has_the_golden_values_of_malloc_usage) {
  EXPECT_EQ(memusage::MallocUsage(0), 0U);
  EXPECT_EQ(memusage::MallocUsage(1), 32U);
  EXPECT_EQ(memusage::MallocUsage(17), 48U);
  EXPECT_EQ(memusage::MallocUsage(104), 128U);
  EXPECT_EQ(memusage::MallocUsage(262'144), 262'160U);
}

TEST(core_memusage, of_numbers_and_pointers_is_nothing) {
  const std::int64_t number = 7;
  EXPECT_EQ(memusage::DynamicUsage(number), 0U);
  EXPECT_EQ(memusage::DynamicUsage(&number), 0U);
  EXPECT_EQ(memusage::DynamicUsage(0.5F), 0U);
}

TEST(core_memusage, of_vectors_is_their_capacity) {
  std::vector<std::uint32_t> numbers;
  EXPECT_EQ(memusage::DynamicUsage(numbers), 0U);
  numbers.reserve(10);
  EXPECT_EQ(memusage::DynamicUsage(numbers), 64U);
  EXPECT_EQ(memusage::DynamicUsage(std::vector<bool>(8000)), 8016U);
}

TEST(core_memusage, of_a_string_leaves_the_terminator_out) {
  EXPECT_EQ(memusage::DynamicUsage(std::string(15, 'x')), 0U);
  EXPECT_EQ(memusage::DynamicUsage(std::string(16, 'x')), 32U);
  EXPECT_EQ(memusage::DynamicUsage(std::string(32, 'x')), 48U);
}

TEST(core_memusage, of_trees_is_a_node_of_four_words_more_than_the_element) {
  EXPECT_EQ(memusage::DynamicUsage(std::set<coin_key>{{}, {{1}}}), 2 * 80U);
  EXPECT_EQ(memusage::DynamicUsage(std::set<int>{1, 2, 3}), 3 * 64U);
  EXPECT_EQ((memusage::DynamicUsage(std::map<std::int64_t, std::int64_t>{{1, 1}})), 64U);
  EXPECT_EQ((memusage::IncrementalDynamicUsage(std::map<std::int64_t, std::int64_t>())), 64U);
  EXPECT_EQ((memusage::IncrementalDynamicUsage(std::set<int, std::greater<>>())), 64U);
}

TEST(core_memusage, of_lists_and_pointers) {
  EXPECT_EQ(memusage::DynamicUsage(std::list<std::int64_t>{1, 2}), 2 * 48U);
  EXPECT_EQ(memusage::DynamicUsage(std::make_unique<coin_key>()), 48U);
  EXPECT_EQ(memusage::DynamicUsage(std::unique_ptr<coin_key>()), 0U);
  EXPECT_EQ(memusage::DynamicUsage(std::make_shared<coin_key>()), 48U + 48U);
  EXPECT_EQ(memusage::DynamicUsage(std::shared_ptr<coin_key>()), 0U);
}

TEST(core_memusage, of_hash_tables_is_nodes_without_hash_codes_and_buckets) {
  const std::unordered_set<coin_key, coin_hash> none;
  ASSERT_EQ(none.bucket_count(), 1U);
  EXPECT_EQ(memusage::DynamicUsage(none), 32U);  // Core counts the bucket that lies inside
  std::unordered_map<coin_key, std::uint64_t, coin_hash> map;
  map.rehash(13);
  ASSERT_EQ(map.bucket_count(), 13U);
  map[{}] = 1;
  EXPECT_EQ(memusage::DynamicUsage(map), 64U + 128U);
  EXPECT_EQ(memusage::DynamicUsage(std::unordered_set<int>()), 32U);
}

TEST(core_memusage, of_a_map_on_a_pool_is_the_whole_pool) {
  using pair = std::pair<const coin_key, std::uint64_t>;
  using allocator = PoolAllocator<pair, sizeof(pair) + 4 * sizeof(void*)>;
  using coins =
      std::unordered_map<coin_key, std::uint64_t, coin_hash, std::equal_to<coin_key>, allocator>;
  allocator::ResourceType pool;
  coins map(0, coin_hash(), std::equal_to<coin_key>(), &pool);
  EXPECT_EQ(memusage::DynamicUsage(map), 48U + 262'160U + 32U);
  map.reserve(1000);
  const std::size_t reserved = memusage::DynamicUsage(map);
  for (std::uint64_t i = 0; i < 1000; ++i)
    map.emplace(coin_key{{i}}, i);
  EXPECT_EQ(memusage::DynamicUsage(map), reserved);
  EXPECT_EQ(reserved, 48U + 262'160U + memusage::MallocUsage(8 * map.bucket_count()));
}

TEST(core_memusage, is_a_tenth_less_for_a_map_on_a_pool) {
  std::unordered_map<std::int64_t, std::int64_t> plain;
  using pair = std::pair<const std::int64_t, std::int64_t>;
  using allocator = PoolAllocator<pair, sizeof(pair) + 4 * sizeof(void*)>;
  allocator::ResourceType pool(1024);
  std::unordered_map<std::int64_t, std::int64_t, std::hash<std::int64_t>,
                     std::equal_to<std::int64_t>, allocator>
      pooled(0, std::hash<std::int64_t>(), std::equal_to<std::int64_t>(), &pool);
  for (std::int64_t i = 0; i < 10'000; ++i) {
    plain[i] = i;
    pooled[i] = i;
  }
  EXPECT_LE(memusage::DynamicUsage(pooled) * 100, memusage::DynamicUsage(plain) * 90);
  EXPECT_GE(pool.NumAllocatedChunks(), 10'000 / (1024 / sizeof(pair)) + 1);
}

// Types that look like Core's own.

template <unsigned direct, class T, class Size = std::uint32_t>
class prevector {
 public:
  explicit prevector(Size capacity) : capacity_(capacity) {}
  std::size_t allocated_memory() const {
    return capacity_ <= direct ? 0 : sizeof(T) * std::size_t{capacity_};
  }

 private:
  Size capacity_;
};
struct script : prevector<36, unsigned char> {
  using prevector::prevector;
};

template <class X>
struct dereferencing_less {
  bool operator()(const X& a, const X& b) const { return *a < *b; }
};
template <class K, class T>
class indirectmap {
 public:
  using base = std::map<const K*, T, dereferencing_less<const K*>>;
  using value_type = typename base::value_type;

  void insert(const K& key, const T& value) { m_.emplace(&key, value); }
  std::size_t size() const { return m_.size(); }

 private:
  base m_;
};

TEST(core_memusage, knows_a_prevector_by_its_allocated_memory) {
  EXPECT_EQ(memusage::DynamicUsage(script(36)), 0U);
  EXPECT_EQ(memusage::DynamicUsage(script(37)), 64U);
  EXPECT_EQ(memusage::DynamicUsage(prevector<8, int>(100)), 416U);
}

TEST(core_memusage, knows_an_indirectmap_by_its_elements) {
  const coin_key key{};
  indirectmap<coin_key, std::uint64_t> spent;
  EXPECT_EQ(memusage::DynamicUsage(spent), 0U);
  EXPECT_EQ(memusage::IncrementalDynamicUsage(spent), 64U);
  spent.insert(key, 7);
  EXPECT_EQ(memusage::DynamicUsage(spent), 64U);
}

template <class T>
concept covered = requires(const T& x) { memusage::DynamicUsage(x); };

TEST(core_memusage, covers_no_more_containers_than_core) {
  static_assert(!covered<std::multimap<int, int>>);
  static_assert(!covered<std::pmr::map<int, int>>);
  static_assert(!covered<std::pmr::string>);
  static_assert(!covered<std::unordered_map<int, int, std::hash<int>, std::less<>>>);
  static_assert(!covered<std::pair<int, int>>);
  static_assert(covered<std::vector<int>>);
}

}  // namespace
}  // namespace nearmem
