#include "examples/fullnode/report_json.hpp"

#include <nlohmann/json.hpp>

namespace nearmem::fullnode {
namespace {

// Keys in the order in which they are written.
using json = nlohmann::ordered_json;

json json_of(const std::vector<node_share>& nodes) {
  json all = json::array();
  for (const node_share& each : nodes) {
    all.push_back({{"node", to_number(each.node)},
                   {"footprint", each.footprint},
                   {"misplaced", each.misplaced},
                   {"unverified", each.unverified},
                   {"outcome", to_string(each.outcome)}});
  }
  return all;
}

json json_of(const component_report& books) {
  return {{"objects", books.objects},     {"charged", books.charged},
          {"modelled", books.modelled},   {"unused", books.unused},
          {"metadata", books.metadata},   {"footprint", books.footprint},
          {"nodes", json_of(books.nodes)}};
}

json json_of(const life_source& source) {
  if (const auto* files = std::get_if<std::vector<std::string>>(&source)) {
    return {{"generated", false}, {"files", *files}};
  }
  const auto& wanted = std::get<generation>(source);
  return {{"generated", true},
          {"seed", wanted.seed},
          {"count", wanted.count},
          {"txs_per_block", wanted.transactions_per_block}};
}

}  // namespace

std::string to_json(const life_report& report, const life_source& source) {
  json all = {{"schema", "nearmem-fullnode-1"},
              {"source", json_of(source)},
              {"blocks", report.blocks},
              {"transactions", report.transactions},
              {"inputs", report.inputs},
              {"outputs", report.outputs},
              {"coins_spent", report.coins_spent},
              {"coins_missing", report.coins_missing},
              {"coins_added", report.coins_added},
              {"coins_unspendable", report.coins_unspendable},
              {"fees_unknown", report.fees_unknown},
              {"components", json::array()}};
  for (const component_report& each : report.components) {
    json one = {{"name", each.name}};
    one.update(json_of(each));
    all["components"].push_back(one);
  }
  json totals = json_of(report.totals);
  totals["page_layer"] = report.page_layer;
  totals["committed"] = report.committed;
  totals["rss_growth"] = report.rss_growth ? json(*report.rss_growth) : json(nullptr);
  totals["swapped"] = report.swapped;
  all["totals"] = totals;
  all["identities"] = json::array();
  for (const identity& each : report.identities) {
    all["identities"].push_back({{"name", each.name}, {"holds", each.holds}});
  }
  // File names need not be UTF-8; JSON must be.
  return all.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace nearmem::fullnode
