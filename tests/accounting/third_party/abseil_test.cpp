#include <cstdint>
#include <functional>

#include <gtest/gtest.h>

#include <nearmem/accounting/third_party/abseil.hpp>

#include "tests/accounting/run_walk.hpp"

namespace nearmem {

template <class Key, class T, class Hash, class Equal, class Allocator>
inline constexpr bool
    grows_alike_for_every_key<absl::flat_hash_map<Key, T, Hash, Equal, Allocator>> = false;
template <class Key, class T, class Hash, class Equal, class Allocator>
inline constexpr bool
    grows_alike_for_every_key<absl::node_hash_map<Key, T, Hash, Equal, Allocator>> = false;
template <class Key, class Hash, class Equal, class Allocator>
inline constexpr bool grows_alike_for_every_key<absl::flat_hash_set<Key, Hash, Equal, Allocator>> =
    false;
template <class Key, class Hash, class Equal, class Allocator>
inline constexpr bool grows_alike_for_every_key<absl::node_hash_set<Key, Hash, Equal, Allocator>> =
    false;

template <class Key, class T, class Hash, class Equal, class Allocator>
inline constexpr bool survives_refusals<absl::flat_hash_map<Key, T, Hash, Equal, Allocator>> =
    false;
template <class Key, class T, class Hash, class Equal, class Allocator>
inline constexpr bool survives_refusals<absl::node_hash_map<Key, T, Hash, Equal, Allocator>> =
    false;
template <class Key, class Hash, class Equal, class Allocator>
inline constexpr bool survives_refusals<absl::flat_hash_set<Key, Hash, Equal, Allocator>> = false;
template <class Key, class Hash, class Equal, class Allocator>
inline constexpr bool survives_refusals<absl::node_hash_set<Key, Hash, Equal, Allocator>> = false;

template <class T, std::size_t size, class Allocator>
inline constexpr bool minds_its_allocator<absl::InlinedVector<T, size, Allocator>> = false;

namespace {

template <class T>
using from_pmr = std::pmr::polymorphic_allocator<T>;

template <class Key>
void walk_tables() {
  using equal = std::equal_to<Key>;
  using pair = std::pair<const Key, sized<24, 8>>;
  run_walk<absl::flat_hash_set<Key, fast_hash, equal, from_pmr<Key>>>();
  run_walk<absl::node_hash_set<Key, fast_hash, equal, from_pmr<Key>>>();
  run_walk<absl::flat_hash_map<Key, sized<24, 8>, fast_hash, equal, from_pmr<pair>>>();
  run_walk<absl::node_hash_map<Key, sized<24, 8>, fast_hash, equal, from_pmr<pair>>>();
}

TEST(abseil, is_exact_for_swiss_tables) {
  walk_tables<std::uint16_t>();
  walk_tables<std::uint64_t>();
  walk_tables<sized<3>>();
  walk_tables<sized<36, 4>>();
}

TEST(abseil, announces_growth_exactly_while_nothing_is_erased) {
  recording_resource resource;
  using pair = std::pair<const int, int>;
  absl::flat_hash_map<int, int, std::hash<int>, std::equal_to<>, from_pmr<pair>> map{
      from_pmr<pair>(&resource)};
  for (int i = 0; i < 10'000; ++i) {
    const std::size_t before = resource.usage().charged;
    const std::size_t announced = incremental_dynamic_usage(map);
    map.emplace(i, i);
    ASSERT_EQ(resource.usage().charged - before, announced);
    ASSERT_EQ(dynamic_usage(map), resource.usage().charged);
  }
}

TEST(abseil, is_exact_for_inlined_vectors) {
  run_walk<absl::InlinedVector<std::uint8_t, 1, on_recording<std::uint8_t>>>();
  run_walk<absl::InlinedVector<sized<40, 8>, 3, on_recording<sized<40, 8>>>>();
}

}  // namespace
}  // namespace nearmem
