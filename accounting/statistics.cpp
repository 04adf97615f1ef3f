#include <algorithm>
#include <memory>

#include <nearmem/accounting/budget_tree.hpp>
#include <nearmem/accounting/statistics.hpp>

namespace nearmem {
namespace {

// What is read of a budget under the tree's lock, where nothing may allocate.
struct reading {
  std::shared_ptr<const std::string> path;
  std::size_t limit = 0;
  std::size_t soft_limit = 0;
  std::size_t used = 0;
  std::size_t held = 0;
  std::size_t peak = 0;
  std::size_t refusals = 0;
};

struct node_reading {
  std::size_t used = 0;
  std::size_t limit = 0;
};

std::optional<std::size_t> unless_unlimited(std::size_t limit) {
  if (limit == budget::unlimited) return std::nullopt;
  return limit;
}

budget_statistics to_statistics(const reading& one, std::size_t machine_bytes) {
  budget_statistics result;
  result.path = *one.path;
  result.limit = unless_unlimited(one.limit);
  if (one.soft_limit != one.limit) result.soft_limit = one.soft_limit;
  result.used = one.used;
  result.held = std::min(one.held, one.used);
  result.peak = std::max(one.peak, one.used);
  result.refusals = one.refusals;
  result.over_soft_limit = one.used > one.soft_limit;
  result.beyond_machine = result.limit && *result.limit > machine_bytes;
  return result;
}

}  // namespace

std::vector<budget_statistics> read_budgets(const std::vector<node_id>& nodes,
                                            std::size_t machine_bytes) {
  std::vector<reading> readings;
  std::vector<node_reading> node_readings;
  for (std::size_t room = 16;; room *= 2) {
    readings.assign(room, {});
    node_readings.assign(room * nodes.size(), {});
    std::size_t count = 0;
    {
      const auto lock = budget_tree::acquire();
      budget_tree::visit_all([&](const budget& one) {
        if (count < room) {
          readings[count] = {budget_tree::path_of(one),
                             one.limit(),
                             one.soft_limit(),
                             one.used(),
                             one.held(),
                             one.peak(),
                             one.refusals()};
          for (std::size_t i = 0; i < nodes.size(); ++i) {
            node_readings[count * nodes.size() + i] = {one.used(nodes[i]),
                                                       one.node_limit(nodes[i])};
          }
        }
        ++count;
      });
    }
    if (count <= room) {
      readings.resize(count);
      break;
    }
  }

  std::vector<budget_statistics> all;
  for (std::size_t i = 0; i < readings.size(); ++i) {
    all.push_back(to_statistics(readings[i], machine_bytes));
    for (std::size_t j = 0; j < nodes.size(); ++j) {
      const node_reading& on_node = node_readings[i * nodes.size() + j];
      if (on_node.used == 0 && on_node.limit == budget::unlimited) continue;
      all.back().nodes.push_back({nodes[j], on_node.used, unless_unlimited(on_node.limit)});
    }
  }
  return all;
}

}  // namespace nearmem
