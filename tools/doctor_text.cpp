#include "tools/doctor_text.hpp"

#include <map>
#include <optional>
#include <set>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "tools/text_table.hpp"

namespace nearmem::tools {
namespace {

std::string number(node_id node) {
  return std::to_string(to_number(node));
}

std::string list(std::span<const node_id> nodes) {
  std::string text;
  for (const node_id node : nodes)
    text += (text.empty() ? "" : ",") + number(node);
  return text;
}

std::string show_optional(const std::optional<std::size_t>& bytes) {
  return bytes ? show_bytes(*bytes) : "none";
}

std::string show_unknown(std::size_t value, const std::string& shown) {
  return value == 0 ? "unknown" : shown;
}

std::string section(const char* title, const text_table& table) {
  return fmt::format("\n{}\n{}", title, table.str());
}

// Those that this process may use; nodes may share some, and some may have no node.
std::size_t count_cpus(const machine& hardware) {
  std::set<unsigned> cpus;
  for (const numa_node& node : hardware.nodes())
    cpus.insert(node.cpus.begin(), node.cpus.end());
  for (const package& each : hardware.packages())
    cpus.insert(each.cpus.begin(), each.cpus.end());
  return cpus.size();
}

std::string show_machine(const machine& hardware) {
  text_table table("lr");
  table.add({"packages", std::to_string(hardware.packages().size())});
  table.add({"nodes", std::to_string(hardware.nodes().size())});
  table.add({"CPUs", std::to_string(count_cpus(hardware))});
  const measurements* const measured = hardware.measured();
  const auto show_source = [](const std::string& shown, bool is_measured) {
    return is_measured ? shown + ", measured" : shown;
  };
  table.add({"cache line", show_source(show_bytes(hardware.line_bytes()),
                                       measured != nullptr && measured->line_bytes.has_value())});
  table.add({"interference",
             show_source(show_bytes(hardware.interference_bytes()),
                         measured != nullptr && measured->interference_bytes.has_value())});
  table.add({"page", show_bytes(hardware.page_bytes())});
  return fmt::format("{}\n{}", hardware.is_live() ? "machine" : "machine (simulated)", table.str());
}

std::string show_packages(const machine& hardware) {
  if (hardware.packages().empty()) return "";
  text_table table("rlll");
  table.add({"package", "CPUs", "nodes", "model"});
  for (const package& each : hardware.packages()) {
    table.add(
        {std::to_string(each.id), each.cpus.to_string(), list(each.nodes), show_text(each.model)});
  }
  return section("packages", table);
}

std::string show_nodes(const machine& hardware) {
  text_table table("rlrll");
  table.add({"node", "kind", "memory", "CPUs", "nearest first"});
  for (const numa_node& node : hardware.nodes()) {
    table.add({number(node.id), std::string(to_string(node.kind)), show_bytes(node.bytes),
               node.cpus.to_string(), list(hardware.fallback_order(node.id))});
  }
  return section("nodes", table);
}

// A matrix of what lies between nodes, or nothing where nothing of it is known.
template <class Value>
std::string show_matrix(const char* title, const machine& hardware, const Value& value) {
  text_table table(std::string(hardware.nodes().size() + 1, 'r'));
  text_table::row head = {"node"};
  for (const numa_node& to : hardware.nodes())
    head.push_back(number(to.id));
  table.add(std::move(head));
  bool any = false;
  for (const numa_node& from : hardware.nodes()) {
    text_table::row row = {number(from.id)};
    for (const numa_node& to : hardware.nodes()) {
      const auto known = value(from.id, to.id);
      any = any || known.has_value();
      row.push_back(known ? std::to_string(*known) : "");
    }
    table.add(std::move(row));
  }
  return any ? section(title, table) : "";
}

std::string show_latencies(const char* title, const machine& hardware) {
  return show_matrix(title, hardware, [&](node_id from, node_id to) {
    return hardware.latency_nanoseconds(from, to);
  });
}

std::string show_bandwidths(const char* title, const machine& hardware) {
  return show_matrix(title, hardware, [&](node_id from, node_id to) {
    return hardware.bandwidth_mib_per_second(from, to);
  });
}

// One cell of what was measured, or nothing.
std::optional<std::size_t> find_cell(const std::vector<measurements::cell>& cells, node_id from,
                                     node_id to) {
  for (const measurements::cell& each : cells) {
    if (each.from == from && each.to == to) return each.value;
  }
  return std::nullopt;
}

// What was measured beside what the firmware states, so that nobody takes one for the other.
std::string show_distances(const machine& hardware) {
  const std::string distances = show_matrix(
      "distances", hardware, [&](node_id from, node_id to) { return hardware.distance(from, to); });
  const measurements* const measured = hardware.measured();
  if (measured == nullptr) {
    return distances + show_latencies("latencies (ns)", hardware) +
           show_bandwidths("bandwidths (MiB/s)", hardware);
  }
  const machine stated = hardware.without_measurements();
  return distances +
         show_matrix(
             "latencies (ns), measured", hardware,
             [&](node_id from, node_id to) { return find_cell(measured->latencies, from, to); }) +
         show_latencies("latencies (ns), the firmware's", stated) +
         show_matrix(
             "bandwidths (MiB/s), measured", hardware,
             [&](node_id from, node_id to) { return find_cell(measured->bandwidths, from, to); }) +
         show_bandwidths("bandwidths (MiB/s), the firmware's", stated);
}

// Where what was measured comes from; nothing where there is nothing.
std::string show_measured(const machine& hardware) {
  if (const measurements* const measured = hardware.measured()) {
    text_table table;
    table.add({"from", measured->origin});
    table.add({"fingerprint", measured->fingerprint});
    table.add({"noise", fmt::format("{} %", measured->latency_noise_percent)});
    return section("measured", table);
  }
  if (hardware.refused_measurements().empty()) return "";
  text_table table;
  table.add({"refused", show_text(hardware.refused_measurements())});
  return section("measured", table);
}

// Equal caches on one line.
std::string show_caches(const machine& hardware) {
  using kind = std::tuple<unsigned, std::size_t, std::size_t, unsigned, std::size_t>;
  std::map<kind, std::size_t> counts;
  for (const cache& each : hardware.caches()) {
    ++counts[{each.level, each.bytes, each.line_bytes, each.ways, each.cpus.size()}];
  }
  if (counts.empty()) return "";
  text_table table("rrrrrr");
  table.add({"level", "caches", "size", "line", "ways", "CPUs each"});
  for (const auto& [what, count] : counts) {
    const auto& [level, bytes, line, ways, cpus] = what;
    table.add({std::to_string(level), std::to_string(count), show_unknown(bytes, show_bytes(bytes)),
               show_unknown(line, show_bytes(line)), show_unknown(ways, std::to_string(ways)),
               std::to_string(cpus)});
  }
  return section("caches", table);
}

const char* show_overcommit(int mode) {
  switch (mode) {
    case 1:
      return "always";
    case 2:
      return "never";
    default:
      return "heuristic";
  }
}

std::string show_limits(const machine& hardware) {
  if (!hardware.is_live()) return "";
  const process_limits& limits = hardware.limits();
  const auto known = [](const std::string& text) { return text.empty() ? "unknown" : text; };
  text_table table;
  table.add({"address space", show_optional(limits.address_space_bytes)});
  table.add({"control group", show_optional(limits.cgroup_bytes)});
  table.add({"allowed nodes", known(limits.allowed_nodes.to_string())});
  table.add({"inherited policy", known(limits.inherited_policy)});
  table.add({"overcommit", show_overcommit(limits.overcommit)});
  table.add({"huge pages", known(limits.huge_pages)});
  table.add({"NUMA balancing", limits.numa_balancing ? "on" : "off"});
  return section("limits", table);
}

// Nodes with the same outcome on one line.
std::string show_placements(const doctor_report& report) {
  struct line {
    std::string asked;
    node_set nodes;
    binding_outcome outcome;
    bool works;
  };
  std::vector<line> lines;
  for (const probed_placement& each : report.placements) {
    const std::string text = each.where.to_string();
    const std::string asked = text.substr(0, text.find('('));
    if (!lines.empty() && lines.back().asked == asked && lines.back().outcome == each.outcome) {
      lines.back().nodes |= each.where.nodes();
    } else {
      lines.push_back({asked, each.where.nodes(), each.outcome, each.works});
    }
  }
  text_table table;
  table.add({"asked", "nodes", "got", "works"});
  for (const line& each : lines) {
    table.add({each.asked, each.nodes.to_string(), std::string(to_string(each.outcome)),
               each.works ? "yes" : "no"});
  }
  return section("placement", table);
}

// Counts of pages.
std::string show_audits(const doctor_report& report) {
  if (report.audits.empty()) return "";
  text_table table("rrrrr");
  table.add({"node", "pages", "resident", "misplaced", "unverified"});
  for (const node_residency& each : report.audits) {
    table.add({number(each.node), std::to_string(each.pages), std::to_string(each.resident),
               std::to_string(each.misplaced), std::to_string(each.unverified)});
  }
  return section("audit", table);
}

std::string show_findings(const doctor_report& report) {
  if (report.findings.empty()) return "\nfindings\n  none\n";
  std::string text = "\nfindings\n";
  for (const finding& each : report.findings) {
    const std::string nodes =
        each.nodes.empty() ? "" : fmt::format("  nodes {}", each.nodes.to_string());
    text += fmt::format("  {}{}\n    why   {}\n    do    {}\n", each.name, nodes, each.why,
                        each.remedy);
  }
  return text;
}

}  // namespace

std::string to_text(const doctor_report& report) {
  const machine& hardware = report.hardware;
  return show_machine(hardware) + show_measured(hardware) + show_packages(hardware) +
         show_nodes(hardware) + show_distances(hardware) + show_caches(hardware) +
         show_limits(hardware) + show_placements(report) + show_audits(report) +
         show_findings(report);
}

}  // namespace nearmem::tools
