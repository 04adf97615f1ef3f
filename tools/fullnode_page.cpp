#include "tools/fullnode_page.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "tools/text_table.hpp"

namespace nearmem::tools {
namespace {

using fullnode::component_sample;
using fullnode::eviction_counts;
using fullnode::run_sample;
using samples = std::vector<run_sample>;

// A curve of something that each sample has, or some have not.
using reading = std::function<std::optional<double>(const run_sample&)>;

double as_number(std::uint64_t count) {
  return static_cast<double>(count);
}

page::chart_series curve(std::string name, const samples& all, const reading& read) {
  page::chart_series series{std::move(name), {}};
  for (const run_sample& each : all)
    series.points.push_back(
        {.x = each.seconds, .y = read(each).value_or(page::chart_point::missing)});
  return series;
}

page::line_chart over_time(std::string title, std::string y_label, page::unit kind) {
  return {.title = std::move(title),
          .x = {.label = "time since the run began", .kind = page::unit::seconds, .low = 0},
          .y = {.label = std::move(y_label), .kind = kind}};
}

page::line_chart whole_process(const samples& all) {
  page::line_chart chart = over_time("The process against its budget", "bytes", page::unit::bytes);
  chart.series = {
      curve("resident, says the kernel", all,
            [](const run_sample& of) {
              return of.resident ? std::optional(as_number(*of.resident)) : std::nullopt;
            }),
      curve("accounted", all, [](const run_sample& of) { return as_number(of.accounted); }),
      curve("page layer", all, [](const run_sample& of) { return as_number(of.page_layer); }),
  };
  if (all.back().limit != 0) {
    chart.limits = {{as_number(all.back().limit), "budget " + show_bytes(all.back().limit)}};
  }
  chart.note = "Resident less accounted is what the program holds besides its components.";
  return chart;
}

double sum(const run_sample& of, std::size_t component_sample::* bytes) {
  double total = 0;
  for (const component_sample& each : of.components)
    total += as_number(each.*bytes);
  return total;
}

page::line_chart charged_and_modelled(const samples& all) {
  page::line_chart chart =
      over_time("Charged against modelled, all components", "bytes", page::unit::bytes);
  chart.series = {
      curve("charged", all,
            [](const run_sample& of) { return sum(of, &component_sample::charged); }),
      curve("modelled", all,
            [](const run_sample& of) { return sum(of, &component_sample::modelled); }),
      curve("footprint", all,
            [](const run_sample& of) { return sum(of, &component_sample::footprint); }),
  };
  return chart;
}

page::line_chart throughput(const samples& all) {
  page::line_chart chart =
      over_time("Transactions a second", "transactions a second", page::unit::per_second);
  page::chart_series series{"transactions a second", {}};
  // Between two samples of the page, as what lay between them may have been left out. The last is
  // taken when the run ends, perhaps at once after the one before: a rate of a moment says nothing.
  const double usual = (all.back().seconds - all.front().seconds) / static_cast<double>(all.size());
  const run_sample* before = &all.front();
  for (const run_sample& each : all) {
    const double seconds = each.seconds - before->seconds;
    if (!(seconds > usual / 4)) continue;
    const double arrived = as_number(each.transactions) - as_number(before->transactions);
    series.points.push_back({.x = each.seconds, .y = arrived / seconds});
    before = &each;
  }
  chart.series = {std::move(series)};
  return chart;
}

page::line_chart evictions(const samples& all) {
  struct reason {
    const char* name;
    std::uint64_t eviction_counts::* count;
  };
  constexpr std::array reasons = {
      reason{"full", &eviction_counts::full},
      reason{"age", &eviction_counts::age},
      reason{"spent", &eviction_counts::spent},
      reason{"least recently used", &eviction_counts::lru},
      reason{"flushed", &eviction_counts::flushed},
  };
  page::line_chart chart =
      over_time("Objects let go since the run began", "objects", page::unit::number);
  for (const reason& why : reasons) {
    chart.series.push_back(curve(why.name, all, [&why](const run_sample& of) {
      double total = 0;
      for (const component_sample& each : of.components)
        total += as_number(each.evictions.*why.count);
      return total;
    }));
  }
  return chart;
}

page::line_chart component_chart(const samples& all, std::size_t at) {
  const component_sample& last = all.back().components[at];
  page::line_chart chart = over_time(last.name, "bytes", page::unit::bytes);
  auto read = [at](std::size_t component_sample::* bytes) {
    return [at, bytes](const run_sample& of) -> std::optional<double> {
      if (at >= of.components.size()) return std::nullopt;
      return as_number(of.components[at].*bytes);
    };
  };
  chart.series = {curve("footprint", all, read(&component_sample::footprint)),
                  curve("charged", all, read(&component_sample::charged)),
                  curve("modelled", all, read(&component_sample::modelled))};
  if (last.limit != 0) {
    chart.limits = {{as_number(last.limit), "budget " + show_bytes(last.limit)}};
  }
  return chart;
}

std::optional<page::line_chart> memory_nodes(const samples& all) {
  if (all.back().nodes.empty()) return std::nullopt;
  page::line_chart chart = over_time("Footprint by memory node", "bytes", page::unit::bytes);
  for (const fullnode::node_sample& node : all.back().nodes) {
    chart.series.push_back(curve(fmt::format("node {}", static_cast<unsigned>(node.node)), all,
                                 [&node](const run_sample& of) {
                                   for (const fullnode::node_sample& each : of.nodes) {
                                     if (each.node == node.node) return as_number(each.footprint);
                                   }
                                   return 0.0;
                                 }));
  }
  return chart;
}

page::table last_sample(const run_sample& last) {
  page::table table{.title = "Components when the run ended",
                    .head = {"component", "budget", "footprint", "peak", "charged", "modelled",
                             "unused", "metadata", "objects", "let go"},
                    .right = "lrrrrrrrrr",
                    .rows = {}};
  for (const component_sample& each : last.components) {
    table.rows.push_back({each.name, each.limit == 0 ? "" : show_bytes(each.limit),
                          show_bytes(each.footprint), show_bytes(each.peak_footprint),
                          show_bytes(each.charged), show_bytes(each.modelled),
                          show_bytes(each.unused), show_bytes(each.metadata),
                          page::show_value(as_number(each.objects), page::unit::number),
                          page::show_value(as_number(each.evictions.total()), page::unit::number)});
  }
  return table;
}

page::words meanings() {
  return {{
      {"footprint", "All that a component has reserved: charged, unused and metadata."},
      {"charged", "What the component's containers are charged by their resource."},
      {"modelled", "What Bitcoin Core's model of malloc says to the same containers."},
      {"unused", "Reserved, and in no live block: alignment, free cells, uncut tails."},
      {"page layer", "What the page source below all components holds itself."},
      {"accounted", "The components' footprints and the page layer."},
      {"resident", "Physical memory of the whole process, as the kernel counts it."},
      {"virtual", "Address space of the whole process; reserving it costs no memory."},
      {"let go",
       "Objects evicted to make room or for their age, confirmed or spent by a block, "
       "or flushed to the database."},
  }};
}

std::string lead_of(const run_sample& last, const std::string& setting) {
  std::string lead = fmt::format(
      "{} transactions arrived in {} ({} a second), and {} blocks were connected.",
      page::show_value(as_number(last.transactions), page::unit::number),
      page::show_value(last.seconds, page::unit::seconds),
      page::show_value(last.seconds > 0 ? as_number(last.transactions) / last.seconds : 0,
                       page::unit::number),
      page::show_value(as_number(last.blocks), page::unit::number));
  lead += fmt::format(" At the end {} were accounted for", show_bytes(last.accounted));
  if (last.limit != 0) lead += fmt::format(" of a budget of {}", show_bytes(last.limit));
  if (last.resident) lead += fmt::format(", {} resident", show_bytes(*last.resident));
  if (last.virtual_bytes) lead += fmt::format(", {} virtual", show_bytes(*last.virtual_bytes));
  return fmt::format("{}. Run with {}.", lead, setting);
}

}  // namespace

page::document page_of(const samples& all, const std::string& name, const std::string& setting) {
  page::document made{.title = "A full node's run: " + name};
  if (all.empty()) {
    made.lead = fmt::format("The run, with {}, ended before its first sample.", setting);
    return made;
  }
  const run_sample& last = all.back();
  made.lead = lead_of(last, setting);
  for (const std::string& leak : last.suspected_leaks)
    made.remarks.push_back("A leak is suspected: " + leak + " grows and lets nothing go.");
  made.sections.push_back({"Whole process", {whole_process(all)}});
  made.sections.push_back({"Charged and modelled", {charged_and_modelled(all)}});
  made.sections.push_back({"Throughput", {throughput(all)}});
  made.sections.push_back({"Evictions", {evictions(all)}});
  page::section components{"Components", {}};
  for (std::size_t i = 0; i < last.components.size(); ++i)
    components.blocks.emplace_back(component_chart(all, i));
  components.blocks.emplace_back(last_sample(last));
  made.sections.push_back(std::move(components));
  if (std::optional<page::line_chart> nodes = memory_nodes(all)) {
    made.sections.push_back({"Memory nodes", {*std::move(nodes)}});
  }
  made.sections.push_back({"Words", {meanings()}});
  return made;
}

}  // namespace nearmem::tools
