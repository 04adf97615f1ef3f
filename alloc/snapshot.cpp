#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <nearmem/accounting/budget.hpp>
#include <nearmem/accounting/resource_registry.hpp>
#include <nearmem/accounting/utf8.hpp>
#include <nearmem/alloc/snapshot.hpp>

namespace nearmem {
namespace {

machine_statistics read_machine(const page_source& pages) {
  const machine& hardware = pages.hardware();
  machine_statistics result;
  result.live = hardware.is_live();
  result.page_bytes = pages.page_bytes();
  result.line_bytes = hardware.line_bytes();
  for (const numa_node& node : hardware.nodes())
    result.memory_bytes += node.bytes;
  result.memory_limit_bytes = hardware.limits().cgroup_bytes;
  result.inherited_policy = hardware.limits().inherited_policy;
  return result;
}

std::vector<node_statistics> read_nodes(const page_source& pages) {
  const machine& hardware = pages.hardware();
  std::vector<node_statistics> result;
  for (const numa_node& node : hardware.nodes()) {
    node_statistics& one = result.emplace_back();
    one.node = node.id;
    one.kind = to_string(node.kind);
    one.memory_bytes = node.bytes;
    one.cpus = node.cpus.to_string();
    one.policy = to_string(pages.probe(placement::preferred(node.id)));
    const auto order = hardware.fallback_order(node.id);
    one.fallback_order.assign(order.begin(), order.end());
  }
  return result;
}

std::vector<spill_statistics> read_spills(const page_source& pages) {
  std::vector<spill_statistics> result;
  for (const numa_node& from : pages.hardware().nodes()) {
    for (const numa_node& to : pages.hardware().nodes()) {
      const std::size_t granted = pages.spilled(from.id, to.id);
      if (granted != 0) result.push_back({from.id, to.id, granted});
    }
  }
  return result;
}

bool takes_from(const reportable& thing, const page_source& pages) {
  return thing.pages() == &pages || (thing.pages() == nullptr && &page_source::process() == &pages);
}

// What a thing has in all and by node, read again while the two disagree, as its owner works; then
// what lies on the nodes is the footprint.
void read_usage(const reportable& thing, const std::vector<node_statistics>& nodes,
                resource_statistics& into) {
  for (int attempt = 0; attempt < 100; ++attempt) {
    into.usage = thing.usage();
    into.nodes.clear();
    std::size_t footprint = 0;
    for (const node_statistics& node : nodes) {
      const node_usage usage = thing.usage(node.node);
      footprint += usage.footprint;
      if (usage != node_usage{}) into.nodes.emplace_back(node.node, usage);
    }
    const bool agree = footprint == into.usage.footprint;
    into.usage.footprint = footprint;
    into.usage = settled(into.usage);
    if (agree) return;
  }
}

// The books of one thing, without its name's instance; adds what lies where to `nodes`.
resource_statistics read_resource(const reportable& thing, std::vector<node_statistics>& nodes) {
  resource_statistics result;
  result.name = to_utf8(thing.name());
  if (const budget* payer = thing.charged_to()) result.budget = payer->path();
  read_usage(thing, nodes, result);
  for (node_statistics& node : nodes) {
    const auto there = std::find_if(result.nodes.begin(), result.nodes.end(),
                                    [&](const auto& one) { return one.first == node.node; });
    if (there == result.nodes.end()) continue;
    node.footprint += there->second.footprint;
    node.spilled += there->second.spilled;
    node.misplaced += there->second.misplaced;
  }
  return result;
}

}  // namespace

statistics snapshot(page_source& pages) {
  statistics all;
  all.machine = read_machine(pages);
  all.nodes = read_nodes(pages);
  std::map<std::string, std::size_t> instances;
  for (resource_registry::cursor at; const reportable* thing = at.next();) {
    if (thing->name().empty() || !takes_from(*thing, pages)) continue;
    resource_statistics one = read_resource(*thing, all.nodes);
    all.pages.named += one.usage.footprint;
    one.instance = ++instances[one.name];
    thing->describe(one.description);
    all.resources.push_back(std::move(one));
  }
  all.spills = read_spills(pages);

  const page_source_usage layer = pages.own_usage();
  all.pages.own = layer.footprint;
  // What was given back since the resources were read is still in their footprints.
  all.pages.committed = std::max(layer.committed, all.pages.named + all.pages.own);
  all.pages.unnamed = all.pages.committed - all.pages.named - all.pages.own;

  std::vector<node_id> numbers;
  numbers.reserve(all.nodes.size());
  for (const node_statistics& node : all.nodes)
    numbers.push_back(node.node);
  all.budgets = read_budgets(numbers, all.machine.memory_bytes);
  return all;
}

}  // namespace nearmem
