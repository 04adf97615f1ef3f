#include "examples/fullnode/run_json.hpp"

#include <cmath>
#include <cstdint>
#include <stdexcept>

#include <nlohmann/json.hpp>

namespace nearmem::fullnode {
namespace {

using json = nlohmann::ordered_json;

json number_or_null(const std::optional<std::size_t>& bytes) {
  return bytes ? json(*bytes) : json(nullptr);
}

json json_of(const component_sample& each) {
  return {{"name", each.name},
          {"budget", each.limit},
          {"charged", each.charged},
          {"owned", each.owned},
          {"modelled", each.modelled},
          {"unused", each.unused},
          {"metadata", each.metadata},
          {"footprint", each.footprint},
          {"peak_footprint", each.peak_footprint},
          {"objects", each.objects},
          {"evictions",
           {{"full", each.evictions.full},
            {"age", each.evictions.age},
            {"spent", each.evictions.spent},
            {"lru", each.evictions.lru},
            {"flushed", each.evictions.flushed}}}};
}

json json_of(const node_counts& counts) {
  return {{"admitted", counts.admitted},   {"orphaned", counts.orphaned},
          {"adopted", counts.adopted},     {"conflicts", counts.conflicts},
          {"refused", counts.refused},     {"known", counts.known},
          {"blocks", counts.blocks},       {"disconnected", counts.disconnected},
          {"confirmed", counts.confirmed}, {"coins_missing", counts.coins_missing}};
}

json whole(double bytes) {
  return static_cast<std::int64_t>(std::llround(bytes));
}

json json_of(const cycle_means& means, const run_sample& names) {
  json made = {{"count", means.footprint.count()}};
  if (means.footprint.count() == 0) return made;
  made["mean_footprint"] = whole(means.footprint.value());
  made["mean_resident"] =
      means.resident.count() != 0 ? whole(means.resident.value()) : json(nullptr);
  for (std::size_t i = 0; i < means.components.size(); ++i) {
    made["components"].push_back({{"name", names.components.at(i).name},
                                  {"mean_footprint", whole(means.components[i].value())}});
  }
  return made;
}

json json_of(const mean_difference& of) {
  return {{"bytes", whole(of.value)}, {"error", whole(of.error)}, {"higher", of.is_growth()}};
}

json json_of(const quarters_difference& of) {
  return {{"footprint", json_of(of.footprint)},
          {"resident", of.resident ? json_of(*of.resident) : json(nullptr)},
          {"higher", of.is_growth()},
          {"most", of.most}};
}

}  // namespace

std::string to_json(const run_result& result, const run_options& options) {
  const run_sample& last = result.last;
  json made = {{"schema", "nearmem-fullnode-run-1"},
               {"scenario", to_string(options.what)},
               {"profile", to_string(options.shape)},
               {"resource", to_string(options.kind)},
               {"threads", options.threads},
               {"seed", options.seed},
               {"transactions", last.transactions},
               {"seconds", last.seconds},
               {"transactions_per_second", result.transactions_per_second},
               {"counts", json_of(result.counts)},
               {"budget", last.limit},
               {"page_layer", last.page_layer},
               {"accounted", last.accounted},
               {"resident", number_or_null(last.resident)},
               {"virtual", number_or_null(last.virtual_bytes)},
               {"peak_footprint", result.peak_footprint},
               {"peak_resident", result.peak_resident},
               {"resident_spread", number_or_null(result.resident_spread)},
               {"idle_footprint", result.idle_footprint},
               {"idle_resident", number_or_null(result.idle_resident)},
               {"samples", result.samples},
               {"stopped", result.was_stopped}};
  for (const component_sample& each : last.components)
    made["components"].push_back(json_of(each));
  made["nodes"] = json::array();
  for (const node_sample& each : last.nodes) {
    made["nodes"].push_back(
        {{"node", static_cast<unsigned>(each.node)}, {"footprint", each.footprint}});
  }
  made["quarters"] = json::array();
  for (const run_quarter& each : result.quarters) {
    if (each.samples == 0) {
      made["quarters"].push_back(nullptr);
      continue;
    }
    made["quarters"].push_back({{"footprint", each.footprint},
                                {"mean_footprint", each.mean_footprint()},
                                {"resident", each.resident},
                                {"mean_resident", each.mean_resident()},
                                {"cycles", json_of(each.cycles, last)}});
  }
  made["last_against_second"] =
      result.last_against_second ? json_of(*result.last_against_second) : json(nullptr);
  made["suspected_leaks"] = last.suspected_leaks;
  for (const identity& each : result.identities) {
    made["identities"].push_back({{"name", each.name}, {"holds", each.holds}});
  }
  return made.dump(2) + "\n";
}

compared_run compared_from_json(const std::string& text) {
  const json run = json::parse(text, nullptr, false);
  if (!run.is_object() || !run.contains("resource")) {
    throw std::runtime_error("a compared run printed no result");
  }
  compared_run made;
  made.resource = run.at("resource");
  made.transactions_per_second = run.at("transactions_per_second");
  for (const json& each : run.at("components")) {
    made.charged += each.at("charged").get<std::size_t>();
    made.footprint += each.at("footprint").get<std::size_t>();
  }
  made.peak_footprint = run.at("peak_footprint");
  made.peak_resident = run.at("peak_resident");
  made.idle_footprint = run.at("idle_footprint");
  const json& idle = run.at("idle_resident");
  made.idle_resident = idle.is_null() ? 0 : idle.get<std::size_t>();
  return made;
}

std::string to_json_of_runs(const std::vector<std::string>& runs) {
  json made = {{"schema", "nearmem-fullnode-runs-1"}, {"runs", json::array()}};
  for (const std::string& each : runs)
    made["runs"].push_back(json::parse(each));
  return made.dump(2) + "\n";
}

}  // namespace nearmem::fullnode
