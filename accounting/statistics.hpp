#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nearmem/accounting/resource_description.hpp>
#include <nearmem/accounting/resource_usage.hpp>
#include <nearmem/topology/node_id.hpp>

namespace nearmem {

struct machine_statistics {
  bool live = false;
  std::size_t page_bytes = 0;
  std::size_t line_bytes = 0;
  std::size_t memory_bytes = 0;
  std::optional<std::size_t> memory_limit_bytes;  // the cgroup's
  std::string inherited_policy;
};

struct node_statistics {
  node_id node{};
  std::string kind;
  std::size_t memory_bytes = 0;
  std::string cpus;
  std::string policy;
  std::vector<node_id> fallback_order;
  std::size_t footprint = 0;  // of all resources that have a name
  std::size_t spilled = 0;
  std::size_t misplaced = 0;
};

// What the page source has committed, as a sum:
//   committed == named + unnamed + own
struct page_statistics {
  std::size_t named = 0;
  std::size_t unnamed = 0;
  std::size_t own = 0;
  std::size_t committed = 0;
};

// What one node had to serve for another that was full.
struct spill_statistics {
  node_id from{};
  node_id to{};
  std::size_t granted = 0;
};

struct resource_statistics {
  std::string name;
  std::size_t instance = 1;  // tells living resources of one name apart
  std::string budget;        // its path; empty without one
  resource_usage usage;
  resource_description description;
  std::vector<std::pair<node_id, node_usage>> nodes;  // those where it has or had anything
};

struct budget_node_statistics {
  node_id node{};
  std::size_t used = 0;
  std::optional<std::size_t> limit;
};

struct budget_statistics {
  std::string path;
  std::optional<std::size_t> limit;
  std::optional<std::size_t> soft_limit;  // where it differs from the limit
  std::size_t used = 0;
  std::size_t held = 0;
  std::size_t peak = 0;
  std::size_t refusals = 0;
  bool over_soft_limit = false;
  bool beyond_machine = false;
  std::vector<budget_node_statistics> nodes;  // those where it has or limits anything
};

// Everything that is counted, read once; what the three printers print (statistics_table,
// statistics_json, open_metrics). Filled by snapshot() in alloc/. All sizes are bytes.
//
// Invariants
//  1. Names are UTF-8; (name, instance) of a resource and the path of a budget are unique.
//  2. Every resource_usage and page_statistics keeps its identity, a resource's footprint is the
//  sum
//     of its nodes', and named that of all nodes', so that tables are sums that come out: where
//     counts were read while threads wrote, the differences are settled.
//
// Thread rule: a value.
struct statistics {
  machine_statistics machine;
  std::vector<node_statistics> nodes;
  page_statistics pages;
  std::vector<spill_statistics> spills;        // pairs of nodes with any
  std::vector<resource_statistics> resources;  // in the order in which they were made
  std::vector<budget_statistics> budgets;      // parents before children
};

// The budgets of the process that live; nodes: those whose numbers are given. `machine_bytes`: a
// limit above it is beyond_machine. Thread rule: any; no lock is held while memory is allocated.
std::vector<budget_statistics> read_budgets(const std::vector<node_id>& nodes,
                                            std::size_t machine_bytes);

}  // namespace nearmem
