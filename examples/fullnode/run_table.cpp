#include "examples/fullnode/run_table.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <string_view>

#include <fmt/format.h>

#include "examples/fullnode/byte_size.hpp"

namespace nearmem::fullnode {
namespace {

std::string known_size(const std::optional<std::size_t>& bytes) {
  return bytes ? to_byte_size(*bytes) : "unknown";
}

std::string size_of(double bytes) {
  return to_byte_size(static_cast<std::size_t>(bytes));
}

std::string component_row(const component_sample& each) {
  const eviction_counts& gone = each.evictions;
  return fmt::format("{:<10}{:>11}{:>11}{:>11}{:>11}{:>11}{:>11}{:>9}{:>9}{:>9}{:>9}{:>9}{:>9}\n",
                     each.name, to_byte_size(each.limit), to_byte_size(each.footprint),
                     to_byte_size(each.peak_footprint), to_byte_size(each.charged),
                     to_byte_size(each.modelled), to_byte_size(each.unused + each.metadata),
                     each.objects, gone.full, gone.age, gone.spent, gone.lru, gone.flushed);
}

std::string counts_of(const node_counts& counts) {
  return fmt::format(
      "admitted {}, orphaned {} (adopted {}), conflicts {}, refused {}, known {}\n"
      "blocks {} (disconnected {}), confirmed {}, coins missing {}\n",
      counts.admitted, counts.orphaned, counts.adopted, counts.conflicts, counts.refused,
      counts.known, counts.blocks, counts.disconnected, counts.confirmed, counts.coins_missing);
}

std::string quarter_row(std::string_view name, const run_quarter& each) {
  std::string text =
      fmt::format("{} quarter: footprints {} in the mean, {} at most; RSS {}, {}", name,
                  to_byte_size(each.mean_footprint()), to_byte_size(each.footprint),
                  to_byte_size(each.mean_resident()), to_byte_size(each.resident));
  const cycle_means& cycles = each.cycles;
  if (cycles.footprint.count() != 0) {
    text += fmt::format("; over {} whole cycles {}", cycles.footprint.count(),
                        size_of(cycles.footprint.value()));
    if (cycles.resident.count() != 0)
      text += fmt::format(", RSS {}", size_of(cycles.resident.value()));
  }
  return text + "\n";
}

std::string difference_of(const mean_difference& of) {
  return fmt::format("{}{} +- {}", of.value < 0 ? "-" : "+", size_of(std::abs(of.value)),
                     size_of(2 * of.error));
}

std::string comparison_of(const quarters_difference& of) {
  std::string text =
      fmt::format("last quarter against the second, over whole cycles: footprints {}",
                  difference_of(of.footprint));
  if (of.resident) text += fmt::format(", RSS {}", difference_of(*of.resident));
  text += of.is_growth() ? ": higher" : ": no higher";
  if (of.is_growth() && !of.most.empty()) text += fmt::format(", most of all {}", of.most);
  return text + "\n";
}

}  // namespace

std::string to_table(const run_result& result, const run_options& options) {
  const run_sample& last = result.last;
  std::string text = fmt::format(
      "scenario {}, profile {}, resource {}, threads {}, seed {}\n"
      "transactions {} in {:.1f} s: {:.0f} a second\n",
      to_string(options.what), to_string(options.shape), to_string(options.kind), options.threads,
      options.seed, last.transactions, last.seconds, result.transactions_per_second);
  if (result.was_stopped)
    text += "stopped before its end: what follows is of what it did until then\n";
  text += counts_of(result.counts);
  text +=
      fmt::format("\n{:<10}{:>11}{:>11}{:>11}{:>11}{:>11}{:>11}{:>9}{:>9}{:>9}{:>9}{:>9}{:>9}\n",
                  "component", "budget", "footprint", "peak", "charged", "modelled", "unused",
                  "objects", "full", "age", "spent", "lru", "flushed");
  for (const component_sample& each : last.components)
    text += component_row(each);
  text += fmt::format(
      "\nnode's budget {}, footprints {} at most, page layer {}\n"
      "RSS {}, {} at most, virtual {}; RSS - accounted moved within {}\n",
      to_byte_size(last.limit), to_byte_size(result.peak_footprint), to_byte_size(last.page_layer),
      known_size(last.resident), to_byte_size(result.peak_resident), known_size(last.virtual_bytes),
      known_size(result.resident_spread));
  for (const node_sample& each : last.nodes) {
    text += fmt::format("memory node {}: {}\n", static_cast<unsigned>(each.node),
                        to_byte_size(each.footprint));
  }
  constexpr std::array<std::string_view, 4> names = {"first", "second", "third", "last"};
  for (std::size_t i = 0; i < result.quarters.size(); ++i) {
    const run_quarter& each = result.quarters[i];
    if (each.samples == 0) continue;
    text += quarter_row(names.at(i), each);
  }
  if (result.last_against_second) text += comparison_of(*result.last_against_second);
  text += fmt::format("after the load: footprints {}, RSS {}\n",
                      to_byte_size(result.idle_footprint), known_size(result.idle_resident));
  for (const std::string& each : last.suspected_leaks)
    text += fmt::format("suspected leak: {} grows without removals\n", each);
  text += "\nidentities\n";
  for (const identity& each : result.identities)
    text += fmt::format("  {:<7} {}\n", each.holds ? "holds" : "BROKEN", each.name);
  return text;
}

std::string to_table(std::span<const compared_run> runs) {
  std::string text =
      fmt::format("{:<12}{:>12}{:>12}{:>12}{:>12}{:>12}{:>16}{:>12}\n", "resource", "tx/s",
                  "charged", "footprint", "peak", "peak RSS", "idle footprint", "idle RSS");
  for (const compared_run& each : runs) {
    text += fmt::format("{:<12}{:>12.0f}{:>12}{:>12}{:>12}{:>12}{:>16}{:>12}\n", each.resource,
                        each.transactions_per_second, to_byte_size(each.charged),
                        to_byte_size(each.footprint), to_byte_size(each.peak_footprint),
                        to_byte_size(each.peak_resident), to_byte_size(each.idle_footprint),
                        to_byte_size(each.idle_resident));
  }
  return text;
}

}  // namespace nearmem::fullnode
