#include "tools/measure/report_page.hpp"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "tools/measure/comparison.hpp"
#include "tools/measure/report_text.hpp"
#include "tools/page/document.hpp"
#include "tools/text_table.hpp"

namespace nearmem::measure {
namespace {

constexpr double bytes_a_mib = 1 << 20;

std::string words(std::string name) {
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

// What a part's samples are shown as.
page::unit kind_of(part what) {
  return what == part::bandwidth ? page::unit::bytes_per_second : page::unit::nanoseconds;
}

// As far as the spread goes.
std::pair<double, double> whisker(const figure& value) {
  return value.direction == better::lower ? std::pair(value.best, value.worst())
                                          : std::pair(value.worst(), value.best);
}

// Why rows have no figure; each reason once, in one line.
std::string missing_note(const part_report& measured) {
  std::string note;
  std::set<std::string> told;
  for (const row& each : measured.rows) {
    if (each.value || !told.insert(each.series + each.not_measured).second) continue;
    note += fmt::format("{}{}: not measured: {}", note.empty() ? "" : "; ", words(each.series),
                        each.not_measured);
  }
  return note;
}

std::vector<std::string> series_of(const part_report& measured) {
  std::vector<std::string> names;
  for (const row& each : measured.rows) {
    if (std::find(names.begin(), names.end(), each.series) == names.end()) {
      names.push_back(each.series);
    }
  }
  return names;
}

// The title, with the node that all of it is of.
std::string on_node(std::string title, const part_report& measured) {
  const std::optional<unsigned> node = measured.node();
  return node ? fmt::format("{}, on node {}", title, *node) : title;
}

page::line_chart curve(const part_report& measured, std::string title, std::string along) {
  page::line_chart chart{.title = on_node(std::move(title), measured)};
  chart.note = missing_note(measured);
  chart.x = {.label = std::move(along), .kind = page::unit::bytes, .kept = page::scale::log2};
  chart.y = {.label = "time", .kind = kind_of(measured.what), .kept = page::scale::log10};
  for (const std::string& name : series_of(measured)) {
    page::chart_series series{.name = words(name), .points = {}};
    for (const row& each : measured.rows) {
      if (each.series != name || !each.bytes || !each.value) continue;
      const auto [low, high] = whisker(*each.value);
      series.points.push_back({static_cast<double>(*each.bytes), each.value->best, low, high});
    }
    std::sort(series.points.begin(), series.points.end(),
              [](const page::chart_point& a, const page::chart_point& b) { return a.x < b.x; });
    if (!series.points.empty()) chart.series.push_back(std::move(series));
  }
  return chart;
}

page::line_chart latency_curve(const report& measured, const part_report& latency) {
  page::line_chart chart = curve(latency, "A load, by footprint", "footprint");
  std::set<std::pair<std::size_t, unsigned>> told;
  for (const cache& each : measured.hardware.caches()) {
    if (each.bytes == 0 || !told.emplace(each.bytes, each.level).second) continue;
    chart.marks.push_back({static_cast<double>(each.bytes), fmt::format("L{}", each.level)});
  }
  return chart;
}

page::heat_map matrix(const part_report& measured, const std::string& series, std::string title) {
  page::heat_map map{.title = std::move(title)};
  map.row_word = "from";
  map.column_word = "to";
  map.kind = kind_of(measured.what);
  map.note = missing_note(measured);
  std::set<unsigned> from;
  std::set<unsigned> to;
  for (const row& each : measured.rows) {
    if (each.from) from.insert(*each.from);
    if (each.to) to.insert(*each.to);
  }
  for (const unsigned each : from)
    map.rows.push_back(std::to_string(each));
  for (const unsigned each : to)
    map.columns.push_back(std::to_string(each));
  for (const unsigned row_node : from) {
    std::vector<double> values;
    for (const unsigned column : to) {
      const auto found =
          std::find_if(measured.rows.begin(), measured.rows.end(), [&](const row& each) {
            return each.series == series && each.from == row_node && each.to == column;
          });
      const bool known = found != measured.rows.end() && found->value;
      const double factor = measured.what == part::bandwidth ? bytes_a_mib : 1;
      values.push_back(known ? found->value->best * factor : page::bar::missing);
    }
    map.values.push_back(std::move(values));
  }
  return map;
}

page::bar_chart bars(const part_report& measured, std::string title) {
  page::bar_chart chart{.title = on_node(std::move(title), measured)};
  chart.kind = kind_of(measured.what);
  for (const row& each : measured.rows) {
    page::bar bar{.label = words(each.series)};
    if (measured.what == part::cores && each.from && each.to) {
      bar.label = fmt::format("CPU {} and {} ({})", *each.from, *each.to, each.series);
    }
    if (each.value) {
      bar.value = each.value->best;
      std::tie(bar.low, bar.high) = whisker(*each.value);
    } else {
      bar.note = each.not_measured;
    }
    chart.bars.push_back(std::move(bar));
  }
  return chart;
}

std::vector<page::block> blocks_of(const report& measured, const part_report& each) {
  switch (each.what) {
    case part::latency:
      return {latency_curve(measured, each)};
    case part::nodes:
      return {matrix(each, "latency", "A load, from a node's CPUs to a node's memory")};
    case part::bandwidth: {
      std::vector<page::block> maps;
      for (const std::string& series : series_of(each))
        maps.emplace_back(
            matrix(each, series, fmt::format("Bandwidth of a {}, from node to node", series)));
      return maps;
    }
    case part::cores:
      return {bars(each, "A line to another core and back")};
    case part::interference:
      return {curve(each, "An increment, by distance to another core's", "distance")};
    case part::pages:
      return {bars(each, "The kernel's work for every 4 KiB")};
    case part::conflicts:
      return {curve(each, "A load of 512 lines in turn, by stride", "stride")};
    case part::paths:
      return {bars(each, "The library's hot paths")};
  }
  return {};
}

page::table verdict_table(const report& measured) {
  page::table table{.head = {"verdict", "what the figures say"}, .rows = {}};
  for (const verdict& each : measured.verdicts)
    table.rows.push_back({words(each.name), each.text});
  return table;
}

page::table compared_table(const agreement& compared) {
  page::table table{.head = {show_agreement(compared), "earlier", "now"}, .rows = {}};
  const auto show = [](const figure& value) {
    return fmt::format("{} ({})", show_number(value.best), show_share(value.spread()));
  };
  for (const disagreement& each : compared.apart) {
    table.rows.push_back({show_name(each.of, each.now), show(each.earlier), show(*each.now.value)});
  }
  return table;
}

page::table machine_table(const report& measured) {
  page::table table{.head = {"hardware", ""}, .rows = {}};
  for (const package& each : measured.hardware.packages())
    table.rows.push_back({fmt::format("package {}", each.id), tools::show_text(each.model)});
  for (const numa_node& each : measured.hardware.nodes()) {
    table.rows.push_back({fmt::format("node {}", to_number(each.id)),
                          fmt::format("{}, CPUs {}", tools::show_bytes(each.bytes),
                                      each.cpus.empty() ? "none" : each.cpus.to_string())});
  }
  table.rows.push_back({"fingerprint", measured.fingerprint});
  return table;
}

}  // namespace

std::string to_html(const report& measured) {
  page::document document{.title = "What this hardware's memory costs"};
  document.lead =
      "Figures are the best round; the whiskers reach as far as another run may come out. A "
      "verdict "
      "whose noise exceeds its effect is refused.";
  document.remarks = warnings(measured.circumstances);
  document.sections.push_back({"Machine", {machine_table(measured)}});
  if (!measured.verdicts.empty()) {
    document.sections.push_back({"Verdicts", {verdict_table(measured)}});
  }
  if (measured.compared) {
    document.sections.push_back({"Compared with " + tools::show_text(measured.compared->file),
                                 {compared_table(*measured.compared)}});
  }
  for (const part_report& each : measured.parts) {
    std::string heading(to_string(each.what));
    heading.front() = static_cast<char>(heading.front() - 'a' + 'A');
    document.sections.push_back({std::move(heading), blocks_of(measured, each)});
  }
  document.footer =
      fmt::format("nearmem measure{}, {} rounds in {:.1f} s", measured.quick ? " --quick" : "",
                  measured.rounds, measured.seconds);
  return page::to_html(document);
}

}  // namespace nearmem::measure
