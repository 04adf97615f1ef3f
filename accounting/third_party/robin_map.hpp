#pragma once

#include <cmath>
#include <cstddef>
#include <memory>
#include <vector>

#include <tsl/robin_map.h>
#include <tsl/robin_set.h>

#include <nearmem/accounting/dynamic_usage_traits.hpp>

namespace nearmem {

// Tessil's robin-map (1.2.1; any later one that passes the tests): one vector of buckets, of which
// more than bucket_count() may be held. Moved from one of another allocator, a table takes that
// one's array without its allocator: do not.

// The members of tsl::detail_robin_hash::robin_hash, which keeps them to itself, in its order.
template <class Value, class Hash, class Equal, class Allocator, bool store_hash,
          class GrowthPolicy>
struct robin_hash_members : Hash, Equal, GrowthPolicy {
  using growth_policy = GrowthPolicy;
  using bucket = tsl::detail_robin_hash::bucket_entry<Value, store_hash>;
  using bucket_allocator = typename std::allocator_traits<Allocator>::template rebind_alloc<bucket>;

  std::vector<bucket, bucket_allocator> buckets;
  bucket* first;
  std::size_t bucket_count;
  std::size_t size;
  std::size_t load_threshold;
  float min_load_factor;
  float max_load_factor;
  bool grow_on_next_insert;
  bool try_shrink_on_next_insert;
};

template <class Table, class Members>
struct dynamic_usage_of_robin_table {
  template <class Sum>
  static void blocks(const Table& x, Sum& sum) {
    sum.add(sum.memory(x.get_allocator()), array(members(x).buckets.capacity()));
  }
  template <class Visit>
  static void elements(const Table& x, Visit& visit) {
    visit_range(x, visit);
  }
  // Nothing where the insertion will shrink the table: one with a min_load_factor after erasures,
  // or one that was assigned from a smaller, which keeps its array until it grows.
  // The table also grows when a bucket lies 8192 places from where it should; no good hash does it.
  template <class Sum>
  static void growth(const Table& x, Sum& sum) {
    const Members& inside = members(x);
    if (!inside.grow_on_next_insert && inside.size < inside.load_threshold) return;
    typename Members::growth_policy policy = inside;
    std::size_t count = 0;
    do {
      count = policy.next_bucket_count();
      policy = typename Members::growth_policy(count);
    } while (inside.size >=
             static_cast<std::size_t>(static_cast<float>(count) * inside.max_load_factor));
    const auto memory = sum.memory(x.get_allocator());
    sum.add(memory, array(count));
    sum.drop(memory, array(inside.buckets.capacity()));
  }

 private:
  using bucket = typename Members::bucket;

  static constexpr block_shape array(std::size_t count) noexcept {
    return {count * sizeof(bucket), alignof(bucket)};
  }
  static const Members& members(const Table& x) noexcept {
    static_assert(sizeof(Members) == sizeof(Table) && alignof(Members) == alignof(Table));
    return reinterpret_cast<const Members&>(x);
  }
};

template <class Key, class T, class Hash, class Equal, class Allocator, bool store_hash,
          class GrowthPolicy>
struct dynamic_usage_traits<
    tsl::robin_map<Key, T, Hash, Equal, Allocator, store_hash, GrowthPolicy>>
    : dynamic_usage_of_robin_table<
          tsl::robin_map<Key, T, Hash, Equal, Allocator, store_hash, GrowthPolicy>,
          robin_hash_members<std::pair<Key, T>, Hash, Equal, Allocator, store_hash, GrowthPolicy>> {
};
template <class Key, class Hash, class Equal, class Allocator, bool store_hash, class GrowthPolicy>
struct dynamic_usage_traits<tsl::robin_set<Key, Hash, Equal, Allocator, store_hash, GrowthPolicy>>
    : dynamic_usage_of_robin_table<
          tsl::robin_set<Key, Hash, Equal, Allocator, store_hash, GrowthPolicy>,
          robin_hash_members<Key, Hash, Equal, Allocator, store_hash, GrowthPolicy>> {};

}  // namespace nearmem
