#include <cstdint>
#include <memory_resource>
#include <random>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/accounting/dynamic_usage.hpp>
#include <nearmem/alloc/unsynchronized_slab_resource.hpp>

#include "tests/accounting/walk_elements.hpp"
#include "tests/support/seed.hpp"

namespace nearmem {
namespace {

struct coin {
  using allocator_type = std::pmr::polymorphic_allocator<>;

  coin(std::size_t script_bytes, allocator_type allocator) : script(script_bytes, allocator) {}

  std::pmr::vector<std::uint8_t> script;
  std::int64_t value = 0;
};

}  // namespace

template <>
struct dynamic_usage_traits<coin> {
  static auto members(const coin& x) { return std::tie(x.script); }
};

namespace {

using coins = std::pmr::unordered_map<std::uint64_t, coin, fast_hash>;

// As a coins cache does it: what is in it is added at insertion and subtracted at removal, and
// never summed up again.
TEST(dynamic_usage_coins, add_up_over_a_million_insertions_and_removals) {
  unsynchronized_slab_resource slabs;
  coins cache(&slabs);
  std::mt19937_64 random(test_seed());
  std::size_t scripts = 0;
  for (std::uint64_t i = 0; i < 1'000'000; ++i) {
    const std::size_t script_bytes = random() % 4 == 0 ? random() % 200 : 25;
    const auto [place, is_new] = cache.try_emplace(i, script_bytes);
    ASSERT_TRUE(is_new);
    scripts += dynamic_usage(place->second);
    if (random() % 3 == 0) {
      const auto spent = cache.find(random() % (i + 1));
      if (spent == cache.end()) continue;
      scripts -= dynamic_usage(spent->second);
      cache.erase(spent);
    }
  }
  std::size_t summed = 0;
  for (const auto& [outpoint, held] : cache)
    summed += dynamic_usage(held);
  EXPECT_EQ(scripts, summed);
  EXPECT_EQ(scripts + dynamic_usage(cache), slabs.usage().charged);
  EXPECT_EQ(recursive_dynamic_usage(cache), slabs.usage().charged);
}

}  // namespace
}  // namespace nearmem
