#include "tools/doctor_json.hpp"

#include <optional>
#include <span>
#include <utility>

#include <nlohmann/json.hpp>

namespace nearmem::tools {
namespace {

using json = nlohmann::ordered_json;

template <class Value>
json optional(const std::optional<Value>& value) {
  return value ? json(*value) : json(nullptr);
}

json numbers(std::span<const node_id> nodes) {
  json list = json::array();
  for (const node_id node : nodes)
    list.push_back(to_number(node));
  return list;
}

json numbers(const node_set& nodes) {
  json list = json::array();
  for (const node_id node : nodes)
    list.push_back(to_number(node));
  return list;
}

json describe_nodes(const machine& hardware) {
  json list = json::array();
  for (const numa_node& node : hardware.nodes()) {
    json reach = json::array();
    for (const numa_node& to : hardware.nodes()) {
      reach.push_back(
          {{"node", to_number(to.id)},
           {"distance", optional(hardware.distance(node.id, to.id))},
           {"latency_nanoseconds", optional(hardware.latency_nanoseconds(node.id, to.id))},
           {"bandwidth_mib_per_second",
            optional(hardware.bandwidth_mib_per_second(node.id, to.id))}});
    }
    list.push_back({{"node", to_number(node.id)},
                    {"kind", to_string(node.kind)},
                    {"bytes", node.bytes},
                    {"cpus", node.cpus.to_string()},
                    {"fallback", numbers(hardware.fallback_order(node.id))},
                    {"reach", std::move(reach)}});
  }
  return list;
}

json describe_packages(const machine& hardware) {
  json list = json::array();
  for (const package& each : hardware.packages()) {
    list.push_back({{"package", each.id},
                    {"model", each.model},
                    {"cpus", each.cpus.to_string()},
                    {"nodes", numbers(each.nodes)}});
  }
  return list;
}

json describe_caches(const machine& hardware) {
  json list = json::array();
  for (const cache& each : hardware.caches()) {
    list.push_back({{"level", each.level},
                    {"bytes", each.bytes},
                    {"line_bytes", each.line_bytes},
                    {"ways", each.ways},
                    {"cpus", each.cpus.to_string()}});
  }
  return list;
}

json describe_cells(const std::vector<measurements::cell>& cells) {
  json list = json::array();
  for (const measurements::cell& each : cells) {
    list.push_back(
        {{"from", to_number(each.from)}, {"to", to_number(each.to)}, {"value", each.value}});
  }
  return list;
}

json describe_measured(const machine& hardware) {
  const measurements* const measured = hardware.measured();
  if (measured == nullptr) return nullptr;
  return {{"origin", measured->origin},
          {"fingerprint", measured->fingerprint},
          {"latency_nanoseconds", describe_cells(measured->latencies)},
          {"bandwidth_mib_per_second", describe_cells(measured->bandwidths)},
          {"latency_noise_percent", measured->latency_noise_percent},
          {"line_bytes", optional(measured->line_bytes)},
          {"interference_bytes", optional(measured->interference_bytes)}};
}

json describe_limits(const machine& hardware) {
  if (!hardware.is_live()) return nullptr;
  const process_limits& limits = hardware.limits();
  return {{"address_space_bytes", optional(limits.address_space_bytes)},
          {"cgroup_bytes", optional(limits.cgroup_bytes)},
          {"allowed_nodes", numbers(limits.allowed_nodes)},
          {"inherited_policy", limits.inherited_policy},
          {"overcommit", limits.overcommit},
          {"huge_pages", limits.huge_pages},
          {"numa_balancing", limits.numa_balancing}};
}

json describe_placements(const doctor_report& report) {
  json list = json::array();
  for (const probed_placement& each : report.placements) {
    const std::string text = each.where.to_string();
    list.push_back({{"asked", text.substr(0, text.find('('))},
                    {"nodes", numbers(each.where.nodes())},
                    {"outcome", to_string(each.outcome)},
                    {"works", each.works}});
  }
  return list;
}

json describe_audits(const doctor_report& report) {
  json list = json::array();
  for (const node_residency& each : report.audits) {
    list.push_back({{"node", to_number(each.node)},
                    {"pages", each.pages},
                    {"resident", each.resident},
                    {"misplaced", each.misplaced},
                    {"unverified", each.unverified}});
  }
  return list;
}

json describe_findings(const doctor_report& report) {
  json list = json::array();
  for (const finding& each : report.findings) {
    list.push_back({{"finding", each.name},
                    {"nodes", numbers(each.nodes)},
                    {"why", each.why},
                    {"remedy", each.remedy}});
  }
  return list;
}

}  // namespace

std::string to_json(const doctor_report& report) {
  const machine& hardware = report.hardware;
  const json document = {{"schema", "nearmem.doctor/1"},
                         {"simulated", !hardware.is_live()},
                         {"line_bytes", hardware.line_bytes()},
                         {"interference_bytes", hardware.interference_bytes()},
                         {"page_bytes", hardware.page_bytes()},
                         {"packages", describe_packages(hardware)},
                         {"nodes", describe_nodes(hardware)},
                         {"caches", describe_caches(hardware)},
                         {"limits", describe_limits(hardware)},
                         {"placements", describe_placements(report)},
                         {"audits", describe_audits(report)},
                         {"measured", describe_measured(hardware)},
                         {"refused_measurements", hardware.refused_measurements()},
                         {"findings", describe_findings(report)}};
  // A model's name comes from firmware or a file, and may be anything.
  return document.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace nearmem::tools
