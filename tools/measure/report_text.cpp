#include "tools/measure/report_text.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "tools/measure/comparison.hpp"
#include "tools/text_table.hpp"

namespace nearmem::measure {
namespace {

using tools::show_bytes;
using tools::text_table;

using label = std::function<std::string(const row&)>;

std::string show(const std::optional<figure>& value) {
  if (!value) return "";
  return fmt::format("{} ({})", show_number(value->best), show_share(value->spread()));
}

// Labels in the order in which they first occur.
std::vector<std::string> labels_of(const part_report& measured, const label& of) {
  std::vector<std::string> all;
  for (const row& each : measured.rows) {
    std::string name = of(each);
    if (std::find(all.begin(), all.end(), name) == all.end()) all.push_back(std::move(name));
  }
  return all;
}

// A line for each label of `lines`, a column for each of `columns`.
std::string show_pivot(const part_report& measured, const std::string& corner, const label& lines,
                       const label& columns) {
  const std::vector<std::string> heads = labels_of(measured, columns);
  text_table table(std::string(heads.size() + 1, 'r'));
  text_table::row head = {corner};
  head.insert(head.end(), heads.begin(), heads.end());
  table.add(std::move(head));
  for (const std::string& line : labels_of(measured, lines)) {
    text_table::row cells = {line};
    for (const std::string& column : heads) {
      const auto found = std::find_if(
          measured.rows.begin(), measured.rows.end(),
          [&](const row& each) { return lines(each) == line && columns(each) == column; });
      cells.push_back(found == measured.rows.end() ? "" : show(found->value));
    }
    table.add(std::move(cells));
  }
  return table.str();
}

std::string number(const std::optional<unsigned>& value) {
  return value ? std::to_string(*value) : "";
}

std::string show_series(const row& each) {
  std::string words = each.series;
  std::replace(words.begin(), words.end(), '_', ' ');
  return words;
}

std::string show_size(const row& each) {
  return each.bytes ? show_bytes(*each.bytes) : "";
}

// Why rows have no figure; each reason once.
std::string show_missing(const part_report& measured) {
  std::string text;
  std::set<std::string> told;
  for (const row& each : measured.rows) {
    if (each.value) continue;
    std::string line =
        fmt::format("  {}: not measured: {}\n", show_series(each), each.not_measured);
    if (told.insert(line).second) text += line;
  }
  return text;
}

const char* title_of(part what) {
  switch (what) {
    case part::latency:
      return "latency (ns a load, by footprint)";
    case part::nodes:
      return "nodes (ns a load, from the line's CPUs to the column's memory)";
    case part::bandwidth:
      return "bandwidth (MiB/s, from the line's CPUs to the column's memory)";
    case part::cores:
      return "cores (ns for a line to go to the other and back)";
    case part::interference:
      return "interference (ns an increment, by distance)";
    case part::pages:
      return "pages (ns for each 4 KiB)";
    case part::conflicts:
      return "conflicts (ns a load, by stride)";
    case part::paths:
      return "paths (ns)";
  }
  return "";
}

std::string show_cores(const part_report& measured) {
  text_table table("lrrr");
  table.add({"shared", "CPU", "CPU", "round trip"});
  for (const row& each : measured.rows)
    table.add({each.series, number(each.from), number(each.to), show(each.value)});
  return table.str();
}

std::string show_list(const part_report& measured) {
  text_table table("lr");
  for (const row& each : measured.rows)
    table.add({show_series(each), show(each.value)});
  return table.str();
}

std::string show_part(const part_report& measured) {
  const label from = [](const row& each) { return number(each.from); };
  const label to = [](const row& each) { return number(each.to); };
  std::string text = fmt::format("\n{}\n", title_of(measured.what));
  if (const std::optional<unsigned> node = measured.node()) {
    text += fmt::format("  on node {}\n", *node);
  }
  switch (measured.what) {
    case part::latency:
      text += show_pivot(measured, "footprint", show_size, show_series);
      break;
    case part::nodes:
      text += show_pivot(measured, "node", from, to);
      break;
    case part::bandwidth:
      text += show_pivot(
          measured, "node", [&](const row& each) { return each.series + " " + from(each); }, to);
      break;
    case part::interference:
      text += show_pivot(measured, "distance", show_size, show_series);
      break;
    case part::conflicts:
      text += show_pivot(measured, "stride", show_size, show_series);
      break;
    case part::cores:
      text += show_cores(measured);
      break;
    case part::pages:
    case part::paths:
      text += show_list(measured);
      break;
  }
  return text + show_missing(measured);
}

std::string show_verdicts(const report& measured) {
  if (measured.verdicts.empty()) return "";
  text_table table;
  for (const verdict& each : measured.verdicts) {
    std::string name = each.name;
    std::replace(name.begin(), name.end(), '_', ' ');
    table.add({name, each.text});
  }
  return "\nverdicts\n" + table.str();
}

std::string show_compared(const report& measured) {
  if (!measured.compared) return "";
  text_table table("lrrr");
  table.add({"", "earlier", "now", "noise"});
  for (const disagreement& each : measured.compared->apart) {
    table.add({show_name(each.of, each.now), show(each.earlier), show(each.now.value),
               show_share(each.by.noise)});
  }
  return fmt::format("\ncompared with {}\n  {}\n{}", tools::show_text(measured.compared->file),
                     show_agreement(*measured.compared),
                     measured.compared->apart.empty() ? "" : table.str());
}

std::string show_warnings(const report& measured) {
  const std::vector<std::string> lines = warnings(measured.circumstances);
  if (lines.empty()) return "";
  std::string text = "\nbeware\n";
  for (const std::string& each : lines)
    text += "  " + each + "\n";
  return text;
}

}  // namespace

std::string show_number(double value) {
  if (value >= 99.95) return fmt::format("{:.0f}", value);
  return value >= 9.995 ? fmt::format("{:.1f}", value) : fmt::format("{:.2f}", value);
}

std::string show_name(part what, const row& of) {
  std::string name = fmt::format("{}, {}", to_string(what), show_series(of));
  if (of.bytes) name += ", " + show_bytes(*of.bytes);
  if (of.from && of.to) name += fmt::format(", {} to {}", *of.from, *of.to);
  return name;
}

std::string show_agreement(const agreement& compared) {
  const std::size_t apart = compared.apart.size();
  return fmt::format("{} figure{}, {} of which differ{} by more than the noise", compared.figures,
                     compared.figures == 1 ? "" : "s", apart, apart == 1 ? "s" : "");
}

std::string to_text(const report& measured) {
  std::string model = "unknown";
  for (const package& each : measured.hardware.packages()) {
    if (!each.model.empty()) model = tools::show_text(each.model);
  }
  text_table head("ll");
  head.add({"processor", model});
  head.add({"fingerprint", measured.fingerprint});
  head.add({"rounds", fmt::format("{} in {:.1f} s", measured.rounds, measured.seconds)});
  head.add({"figures", "the best round, and in brackets how far from it another run may come out"});
  std::string text = "measured\n" + head.str() + show_verdicts(measured) + show_warnings(measured) +
                     show_compared(measured);
  for (const part_report& each : measured.parts)
    text += show_part(each);
  return text;
}

}  // namespace nearmem::measure
