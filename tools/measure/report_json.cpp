#include "tools/measure/report_json.hpp"

#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

namespace nearmem::measure {
namespace {

using json = nlohmann::ordered_json;

template <class Value>
void add(json& object, const char* key, const std::optional<Value>& value) {
  if (value) object[key] = *value;
}

json describe(const machine& hardware) {
  json caches = json::array();
  for (const cache& each : hardware.caches()) {
    caches.push_back({{"level", each.level},
                      {"bytes", each.bytes},
                      {"line_bytes", each.line_bytes},
                      {"ways", each.ways},
                      {"cpus", each.cpus.to_string()}});
  }
  json nodes = json::array();
  for (const numa_node& each : hardware.nodes()) {
    nodes.push_back(
        {{"node", to_number(each.id)}, {"bytes", each.bytes}, {"cpus", each.cpus.to_string()}});
  }
  json packages = json::array();
  for (const package& each : hardware.packages()) {
    packages.push_back(
        {{"package", each.id}, {"model", each.model}, {"cpus", each.cpus.to_string()}});
  }
  return {{"packages", std::move(packages)},
          {"nodes", std::move(nodes)},
          {"caches", std::move(caches)},
          {"stated_line_bytes", hardware.without_measurements().line_bytes()},
          {"stated_interference_bytes", hardware.without_measurements().interference_bytes()},
          {"page_bytes", hardware.page_bytes()}};
}

json describe(const conditions& circumstances) {
  json object = {{"cpus", circumstances.cpus},
                 {"cores", circumstances.cores},
                 {"cache_levels", circumstances.cache_levels},
                 {"huge_pages", circumstances.huge_pages},
                 {"pace_before_nanoseconds", circumstances.pace_before},
                 {"pace_after_nanoseconds", circumstances.pace_after},
                 {"drift", circumstances.drift()}};
  add(object, "virtual_machine", circumstances.virtual_machine);
  add(object, "huge_page_share", circumstances.huge_page_share);
  add(object, "stolen", circumstances.stolen);
  add(object, "others", circumstances.others);
  return object;
}

json describe(const row& each) {
  json object = {{"series", each.series}};
  add(object, "bytes", each.bytes);
  add(object, "from", each.from);
  add(object, "to", each.to);
  if (!each.value) {
    object["not_measured"] = each.not_measured;
    return object;
  }
  object["best"] = each.value->best;
  object["median"] = each.value->median;
  object["lower_quartile"] = each.value->lower_quartile;
  object["upper_quartile"] = each.value->upper_quartile;
  object["far"] = each.value->far;
  object["spread"] = each.value->spread();
  object["samples"] = each.value->samples;
  return object;
}

json describe(const agreement& compared) {
  json apart = json::array();
  for (const disagreement& each : compared.apart) {
    apart.push_back({{"part", to_string(each.of)},
                     {"row", describe(each.now)},
                     {"earlier_best", each.earlier.best},
                     {"earlier_spread", each.earlier.spread()},
                     {"effect", each.by.effect},
                     {"noise", each.by.noise}});
  }
  return {{"file", compared.file}, {"figures", compared.figures}, {"apart", std::move(apart)}};
}

json describe(const verdict& each) {
  json object = {{"verdict", each.name}, {"state", to_string(each.state)}, {"text", each.text}};
  add(object, "bytes", each.bytes);
  add(object, "effect", each.effect);
  add(object, "noise", each.noise);
  return object;
}

}  // namespace

std::string to_json(const report& measured) {
  json parts = json::array();
  for (const part_report& each : measured.parts) {
    json rows = json::array();
    for (const row& one : each.rows)
      rows.push_back(describe(one));
    parts.push_back(
        {{"part", to_string(each.what)}, {"unit", unit_of(each.what)}, {"rows", std::move(rows)}});
  }
  json verdicts = json::array();
  for (const verdict& each : measured.verdicts)
    verdicts.push_back(describe(each));
  json document = {{"schema", "nearmem.measure"},
                   {"version", json_version},
                   {"fingerprint", measured.fingerprint},
                   {"quick", measured.quick},
                   {"rounds", measured.rounds},
                   {"seconds", measured.seconds},
                   {"machine", describe(measured.hardware)},
                   {"conditions", describe(measured.circumstances)},
                   {"warnings", warnings(measured.circumstances)},
                   {"parts", std::move(parts)},
                   {"verdicts", std::move(verdicts)}};
  if (measured.compared) document["compared"] = describe(*measured.compared);
  // A model's name comes from firmware, and may be anything.
  return document.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace nearmem::measure
