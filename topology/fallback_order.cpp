#include <algorithm>
#include <cstddef>
#include <numeric>
#include <optional>
#include <tuple>

#include <nearmem/topology/fallback_order.hpp>

namespace nearmem {
namespace {

using costs = std::vector<std::size_t>;

// From where a node's latency is stated best: that is from its own CPUs, or from the nearest that
// there are.
struct best_view {
  std::size_t from = 0;
  std::optional<std::size_t> latency;
};

std::vector<best_view> best_views(std::size_t nodes, const node_matrix& latencies) {
  std::vector<best_view> best(nodes);
  for (std::size_t from = 0; from < nodes; ++from) {
    for (std::size_t to = 0; to < nodes; ++to) {
      const std::optional<std::size_t> stated = latencies.get(from, to);
      if (!stated || (best[to].latency && *stated >= *best[to].latency)) continue;
      best[to] = {from, stated};
    }
  }
  return best;
}

// The whole row, or nothing: numbers of different meaning must not be compared.
std::optional<costs> latency_row(std::size_t from, std::span<const best_view> best,
                                 const node_matrix& latencies, const node_matrix& distances) {
  costs row(best.size());
  for (std::size_t to = 0; to < best.size(); ++to) {
    if (const std::optional<std::size_t> stated = latencies.get(from, to)) {
      row[to] = *stated;
      continue;
    }
    const std::optional<std::size_t> distance = distances.get(from, to);
    const std::optional<std::size_t> from_best = distances.get(best[to].from, to);
    if (!best[to].latency || !distance || from_best.value_or(0) == 0) return std::nullopt;
    row[to] = *best[to].latency * *distance / *from_best;
  }
  return row;
}

std::optional<costs> distance_row(std::size_t from, std::size_t nodes,
                                  const node_matrix& distances) {
  costs row(nodes);
  for (std::size_t to = 0; to < nodes; ++to) {
    const std::optional<std::size_t> distance = distances.get(from, to);
    if (!distance) return std::nullopt;
    row[to] = *distance;
  }
  return row;
}

// The number of each cost's group, of which the least cost is the first.
costs in_groups(const costs& row, std::size_t noise_percent) {
  costs sorted = row;
  std::sort(sorted.begin(), sorted.end());
  std::vector<std::size_t> firsts;
  for (const std::size_t each : sorted) {
    if (firsts.empty() || (each - firsts.back()) * 100 > firsts.back() * noise_percent) {
      firsts.push_back(each);
    }
  }
  costs groups;
  for (const std::size_t each : row) {
    const auto after = std::upper_bound(firsts.begin(), firsts.end(), each);
    groups.push_back(static_cast<std::size_t>(after - firsts.begin()));
  }
  return groups;
}

}  // namespace

std::vector<node_id> fallback_orders(std::span<const node_id> nodes, const node_matrix& latencies,
                                     const node_matrix& distances,
                                     const measured_latencies& measured) {
  std::vector<node_id> orders;
  const std::vector<best_view> best = best_views(nodes.size(), latencies);
  const std::vector<best_view> best_measured = best_views(nodes.size(), measured.nanoseconds);
  orders.reserve(nodes.size() * (nodes.size() + 1));
  for (std::size_t from = 0; from < nodes.size(); ++from) {
    costs equals(nodes.size(), 0);
    std::optional<costs> row = latency_row(from, best_measured, measured.nanoseconds, distances);
    if (row) {
      *row = in_groups(*row, measured.noise_percent);
      equals = distance_row(from, nodes.size(), distances).value_or(equals);
    }
    if (!row) row = latency_row(from, best, latencies, distances);
    if (!row) row = distance_row(from, nodes.size(), distances);
    if (!row) row.emplace(nodes.size(), 0);

    std::vector<std::size_t> order(nodes.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    // The node itself comes first whatever the firmware says of it.
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      if ((a == from) != (b == from)) return a == from;
      return std::tuple((*row)[a], equals[a], a) < std::tuple((*row)[b], equals[b], b);
    });
    for (std::size_t to : order)
      orders.push_back(nodes[to]);
  }
  orders.insert(orders.end(), nodes.begin(), nodes.end());
  return orders;
}

}  // namespace nearmem
