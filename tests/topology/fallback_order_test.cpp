#include <cstddef>
#include <initializer_list>
#include <random>
#include <set>
#include <span>
#include <vector>

#include <gtest/gtest.h>
#include <tests/support/seed.hpp>

#include <nearmem/topology/fallback_order.hpp>

namespace nearmem {
namespace {

constexpr std::size_t unknown = 0;

// Rows of a square table; `unknown` leaves an entry empty.
node_matrix matrix(std::initializer_list<std::initializer_list<std::size_t>> rows) {
  node_matrix result(rows.size());
  std::size_t from = 0;
  for (const auto& row : rows) {
    std::size_t to = 0;
    for (std::size_t value : row) {
      if (value != unknown) result.set(from, to, value);
      ++to;
    }
    ++from;
  }
  return result;
}

std::vector<node_id> nodes(std::initializer_list<std::uint32_t> numbers) {
  std::vector<node_id> result;
  for (std::uint32_t number : numbers)
    result.push_back(node_id{number});
  return result;
}

// The row of the node at `position`.
std::vector<node_id> row(const std::vector<node_id>& orders, std::size_t count,
                         std::size_t position) {
  const std::span<const node_id> found = std::span(orders).subspan(position * count, count);
  return {found.begin(), found.end()};
}

TEST(fallback_order, is_by_number_where_nothing_is_known) {
  const auto orders = fallback_orders(nodes({0, 4, 9}), {}, {});
  ASSERT_EQ(orders.size(), 12);
  EXPECT_EQ(row(orders, 3, 0), nodes({0, 4, 9}));
  EXPECT_EQ(row(orders, 3, 1), nodes({4, 0, 9}));
  EXPECT_EQ(row(orders, 3, 2), nodes({9, 0, 4}));
  EXPECT_EQ(row(orders, 3, 3), nodes({0, 4, 9}));
}

TEST(fallback_order, is_by_distance_and_then_by_number) {
  const node_matrix distances =
      matrix({{10, 32, 21, 21}, {32, 10, 21, 12}, {21, 21, 10, 40}, {21, 12, 40, 10}});
  const auto orders = fallback_orders(nodes({0, 1, 2, 3}), {}, distances);
  EXPECT_EQ(row(orders, 4, 0), nodes({0, 2, 3, 1}));
  EXPECT_EQ(row(orders, 4, 1), nodes({1, 3, 2, 0}));
  EXPECT_EQ(row(orders, 4, 2), nodes({2, 0, 1, 3}));
  EXPECT_EQ(row(orders, 4, 4), nodes({0, 1, 2, 3}));
}

TEST(fallback_order, trusts_latencies_more_than_distances) {
  const node_matrix latencies = matrix({{80, 300, 200}, {300, 80, 90}, {200, 90, 80}});
  const node_matrix distances = matrix({{10, 11, 12}, {11, 10, 12}, {12, 12, 10}});
  EXPECT_EQ(row(fallback_orders(nodes({0, 1, 2}), latencies, distances), 3, 0), nodes({0, 2, 1}));
}

TEST(fallback_order, estimates_remote_latency_from_local_latency_and_distance) {
  // Node 1 is DRAM at 2.1 times its 90 ns; node 2 is slow memory close by: 300 ns at 1.1 times.
  const node_matrix latencies =
      matrix({{90, unknown, unknown}, {unknown, 90, unknown}, {unknown, unknown, 300}});
  const node_matrix distances = matrix({{10, 21, 11}, {21, 10, 20}, {11, 20, 10}});
  EXPECT_EQ(row(fallback_orders(nodes({0, 1, 2}), latencies, distances), 3, 0), nodes({0, 1, 2}));
  EXPECT_EQ(row(fallback_orders(nodes({0, 1, 2}), {}, distances), 3, 0), nodes({0, 2, 1}));
}

TEST(fallback_order, estimates_memory_only_nodes_from_the_nearest_that_have_cpus) {
  // Node 2 has no CPUs; from node 0 it is 170 ns at distance 17, hence 280 ns from node 1 at 28,
  // which is nearer than node 3's 90 ns at distance 40.
  const node_matrix latencies = matrix({{90, unknown, 170, unknown},
                                        {unknown, 90, unknown, unknown},
                                        {unknown, unknown, unknown, unknown},
                                        {unknown, unknown, unknown, 90}});
  const node_matrix distances =
      matrix({{10, 40, 17, 40}, {40, 10, 28, 40}, {17, 28, 10, 40}, {40, 40, 40, 10}});
  EXPECT_EQ(row(fallback_orders(nodes({0, 1, 2, 3}), latencies, distances), 4, 1),
            nodes({1, 2, 0, 3}));
}

TEST(fallback_order, never_compares_latencies_with_distances) {
  // Nobody states a latency of node 2, so the row goes by distance.
  const node_matrix latencies =
      matrix({{90, 189, unknown}, {189, 90, unknown}, {unknown, unknown, unknown}});
  const node_matrix distances = matrix({{10, 21, 15}, {21, 10, 15}, {15, 15, 10}});
  EXPECT_EQ(row(fallback_orders(nodes({0, 1, 2}), latencies, distances), 3, 0), nodes({0, 2, 1}));
}

TEST(fallback_order, begins_with_the_node_itself_whatever_the_firmware_says) {
  const node_matrix distances = matrix({{30, 10}, {10, 30}});
  const auto orders = fallback_orders(nodes({0, 1}), {}, distances);
  EXPECT_EQ(row(orders, 2, 0), nodes({0, 1}));
  EXPECT_EQ(row(orders, 2, 1), nodes({1, 0}));
}

TEST(fallback_order, holds_every_node_once_in_every_row) {
  std::mt19937_64 random(test_seed());
  for (int round = 0; round < 200; ++round) {
    const std::size_t count = 1 + random() % 9;
    std::vector<node_id> numbers;
    node_matrix latencies(count);
    node_matrix distances(count);
    for (std::size_t from = 0; from < count; ++from) {
      numbers.push_back(node_id{static_cast<std::uint32_t>(3 * from)});
      for (std::size_t to = 0; to < count; ++to) {
        if (random() % 8 != 0) distances.set(from, to, 10 + random() % 30);
        if (random() % 2 != 0) latencies.set(from, to, 80 + random() % 300);
      }
    }
    const auto orders = fallback_orders(numbers, latencies, distances);
    ASSERT_EQ(orders.size(), count * (count + 1));
    for (std::size_t from = 0; from <= count; ++from) {
      const std::vector<node_id> one = row(orders, count, from);
      ASSERT_EQ(std::set<node_id>(one.begin(), one.end()).size(), count);
      if (from < count) {
        ASSERT_EQ(one.front(), numbers[from]);
      }
    }
  }
}

TEST(fallback_order, goes_by_what_was_measured_before_what_is_stated) {
  const node_matrix stated = matrix({{80, 100, 120}, {100, 80, 120}, {120, 100, 80}});
  const node_matrix measured = matrix({{80, 200, 150}, {unknown, unknown, unknown}, {90, 80, 70}});
  const auto orders = fallback_orders(nodes({0, 1, 2}), stated, node_matrix(3), {measured, 0});
  EXPECT_EQ(row(orders, 3, 0), nodes({0, 2, 1}));
  EXPECT_EQ(row(orders, 3, 1), nodes({1, 0, 2}));
  EXPECT_EQ(row(orders, 3, 2), nodes({2, 1, 0}));
}

TEST(fallback_order, takes_latencies_within_the_noise_for_equal) {
  const node_matrix measured = matrix({{80, 105, 100, 112, 200},
                                       {80, 105, 100, 112, 200},
                                       {80, 105, 100, 112, 200},
                                       {80, 105, 100, 112, 200},
                                       {80, 105, 100, 112, 200}});
  const node_matrix distances = matrix({{10, 30, 30, 20, 20},
                                        {30, 10, 20, 20, 20},
                                        {30, 20, 10, 20, 20},
                                        {20, 20, 20, 10, 20},
                                        {20, 20, 20, 20, 10}});
  const auto numbers = nodes({0, 1, 2, 3, 4});
  const auto order = [&](std::size_t noise_percent) {
    return row(fallback_orders(numbers, node_matrix(5), distances, {measured, noise_percent}), 5,
               0);
  };
  EXPECT_EQ(order(0), nodes({0, 2, 1, 3, 4}));
  EXPECT_EQ(order(5), nodes({0, 1, 2, 3, 4}));
  // By distance among equals.
  EXPECT_EQ(order(12), nodes({0, 3, 1, 2, 4}));
}

TEST(fallback_order, estimates_what_was_not_measured_by_distance) {
  const node_matrix measured = matrix({{80, 300}, {unknown, unknown}});
  const node_matrix distances = matrix({{10, 20}, {20, 10}});
  const auto orders = fallback_orders(nodes({0, 1}), node_matrix(2), distances, {measured, 5});
  EXPECT_EQ(row(orders, 2, 1), nodes({1, 0}));
}

}  // namespace
}  // namespace nearmem
