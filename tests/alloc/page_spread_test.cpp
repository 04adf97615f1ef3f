#include <map>
#include <random>

#include <gtest/gtest.h>

#include <nearmem/alloc/page_spread.hpp>

#include "tests/support/seed.hpp"

namespace nearmem {
namespace {

page_run run_at(std::size_t unit, std::size_t units, unsigned shift) {
  return {reinterpret_cast<std::byte*>(unit << shift), units << shift};
}

TEST(page_spread, has_units_take_turns_from_address_zero_on) {
  const page_spread spread{{node_id{1}, node_id{4}, node_id{9}}, 12};
  EXPECT_EQ(spread.node_of(reinterpret_cast<void*>(3UL << 12)), node_id{1});
  EXPECT_EQ(spread.node_of(reinterpret_cast<void*>((4UL << 12) + 4095)), node_id{4});
  EXPECT_EQ(spread.node_of(reinterpret_cast<void*>(5UL << 12)), node_id{9});
}

TEST(page_spread, counts_by_the_bits_that_the_kernel_counts_by) {
  const node_set over{node_id{0}, node_id{1}, node_id{2}};
  const auto* const page = reinterpret_cast<void*>((std::uintptr_t{1} << 44) + (3UL << 12));
  EXPECT_EQ((page_spread{over, 12, 64}).node_of(page), node_id{1});  // 2^32 leaves 1
  EXPECT_EQ((page_spread{over, 12, 32}).node_of(page), node_id{0});
}

TEST(page_spread, gives_a_node_as_many_turns_in_a_row_as_it_weighs) {
  node_weights weights;
  weights.by_number[4] = 3;
  const page_spread spread{{node_id{1}, node_id{4}, node_id{9}}, 12, 64, &weights};
  const unsigned turns[] = {1, 4, 4, 4, 9, 1};
  for (std::size_t unit = 0; unit < std::size(turns); ++unit)
    EXPECT_EQ(spread.node_of(run_at(5 * 7 + unit, 1, 12).data), node_id{turns[unit]}) << unit;
}

TEST(page_spread, leaves_out_nodes_without_a_share) {
  const page_spread spread{{node_id{1}, node_id{4}, node_id{9}}, 12};
  std::map<node_id, std::size_t> shares;
  spread.for_each_share(run_at(4, 1, 12),
                        [&](node_id node, std::size_t bytes) { shares[node] += bytes; });
  EXPECT_EQ(shares, (std::map<node_id, std::size_t>{{node_id{4}, 4096}}));
}

TEST(page_spread, has_shares_that_are_the_sum_of_their_units) {
  std::mt19937_64 random(test_seed());
  for (int round = 0; round < 2000; ++round) {
    page_spread spread{{}, round % 2 == 0 ? 12U : 21U, round % 3 == 0 ? 32U : 64U};
    for (std::size_t members = 1 + random() % 9; members != 0; --members)
      spread.over.insert(node_id{static_cast<std::uint32_t>(random() % 64)});
    node_weights weights;
    for (std::uint8_t& weight : weights.by_number)
      weight = static_cast<std::uint8_t>(random() % (round % 5 == 0 ? 256 : 4));
    if (round % 7 != 0) spread.weights = &weights;
    const std::size_t first = random() % 100000;
    const std::size_t units = 1 + random() % 40;
    std::map<node_id, std::size_t> expected;
    for (std::size_t unit = first; unit < first + units; ++unit) {
      expected[spread.node_of(run_at(unit, 1, spread.unit_shift).data)] += std::size_t{1}
                                                                           << spread.unit_shift;
    }
    std::map<node_id, std::size_t> shares;
    spread.for_each_share(run_at(first, units, spread.unit_shift),
                          [&](node_id node, std::size_t bytes) {
                            EXPECT_EQ(shares.count(node), 0u);
                            shares[node] = bytes;
                          });
    ASSERT_EQ(shares, expected);
  }
}

}  // namespace
}  // namespace nearmem
