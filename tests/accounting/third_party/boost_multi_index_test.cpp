#include <cstdint>

#include <boost/multi_index/hashed_index.hpp>
#include <boost/multi_index/identity.hpp>
#include <boost/multi_index/member.hpp>
#include <boost/multi_index/ordered_index.hpp>
#include <boost/multi_index/random_access_index.hpp>
#include <boost/multi_index/ranked_index.hpp>
#include <boost/multi_index/sequenced_index.hpp>
#include <gtest/gtest.h>

#include <nearmem/accounting/third_party/boost_multi_index.hpp>

#include "tests/accounting/run_walk.hpp"

namespace nearmem {
namespace {

namespace mi = boost::multi_index;

// What a mempool's entry comes to: an id to find it by, a fee to order it by.
struct entry {
  entry() = default;
  explicit entry(std::uint32_t value) : id(value), fee(value % 64) {}

  std::uint64_t id = 0;
  std::int64_t fee = 0;
  std::uint8_t payload[40]{};
};

}  // namespace

template <class T, class Indices, class Allocator>
inline constexpr bool
    minds_its_allocator<boost::multi_index::multi_index_container<T, Indices, Allocator>> = false;

template <>
struct dynamic_usage_traits<entry> : owns_no_heap {};
template <>
struct element_of<entry> {
  static entry make(std::uint32_t value) { return entry(value); }
};

namespace {

using id = mi::member<entry, std::uint64_t, &entry::id>;
using fee = mi::member<entry, std::int64_t, &entry::fee>;

template <class... Indices>
using indexed = mi::multi_index_container<entry, mi::indexed_by<Indices...>, on_recording<entry>>;

TEST(boost_multi_index, is_exact_for_one_index_of_each_kind) {
  run_walk<indexed<mi::ordered_unique<id>>>();
  run_walk<indexed<mi::ordered_non_unique<fee>>>();
  run_walk<indexed<mi::ranked_unique<id>>>();
  run_walk<indexed<mi::hashed_unique<id>>>();
  run_walk<indexed<mi::hashed_non_unique<fee>>>();
  run_walk<indexed<mi::sequenced<>>>();
  run_walk<indexed<mi::random_access<>>>();
}

TEST(boost_multi_index, is_exact_for_the_indices_of_a_mempool) {
  using mempool = indexed<mi::hashed_unique<id>, mi::hashed_unique<id>, mi::ordered_non_unique<fee>,
                          mi::ordered_non_unique<fee>, mi::sequenced<>, mi::random_access<>>;
  run_walk<mempool>();
}

TEST(boost_multi_index, holds_a_node_and_arrays_when_empty) {
  recording_resource resource;
  using container = indexed<mi::hashed_unique<id>>;
  const container empty{on_recording<entry>(resource)};
  EXPECT_EQ(dynamic_usage(empty), resource.charge_for(sizeof(entry) + 2 * sizeof(void*), 8) +
                                      resource.charge_for((53 + 1) * sizeof(void*), 8));
  EXPECT_EQ(dynamic_usage(empty), resource.usage().charged);
}

TEST(boost_multi_index, knows_the_links_that_bitcoin_core_guesses) {
  // Core adds nine pointers to an entry for the mempool's three ordered indices.
  using three =
      indexed<mi::ordered_unique<id>, mi::ordered_non_unique<fee>, mi::ordered_non_unique<fee>>;
  EXPECT_EQ(dynamic_usage_traits<three>::node.bytes, sizeof(entry) + 9 * sizeof(void*));
  // Hashed ones take two.
  using hashed = indexed<mi::hashed_unique<id>, mi::hashed_unique<id>, mi::ordered_non_unique<fee>>;
  EXPECT_EQ(dynamic_usage_traits<hashed>::node.bytes, sizeof(entry) + 7 * sizeof(void*));
}

}  // namespace
}  // namespace nearmem
