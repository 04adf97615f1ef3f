#include "tools/fullnode_open_metrics.hpp"

#include <string_view>

#include <fmt/format.h>

namespace nearmem::tools {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

constexpr std::string_view counted = "_total";

std::string escaped(std::string_view text) {
  std::string made;
  for (const char character : text) {
    if (character == '\n') {
      made += "\\n";
      continue;
    }
    if (character == '\\' || character == '"') made += '\\';
    made += character;
  }
  return made;
}

void add_sample(std::string& text, std::string_view name, const ClientMetric& sample,
                double value) {
  text += name;
  char before = '{';
  for (const ClientMetric::Label& label : sample.label) {
    text += fmt::format("{}{}=\"{}\"", before, label.name, escaped(label.value));
    before = ',';
  }
  if (!sample.label.empty()) text += '}';
  text += fmt::format(" {}\n", value);
}

void add_family(std::string& text, const MetricFamily& family) {
  const bool is_counter = family.type == MetricType::Counter;
  if (!is_counter && family.type != MetricType::Gauge) return;
  std::string_view name = family.name;
  if (is_counter && name.ends_with(counted)) name.remove_suffix(counted.size());
  text += fmt::format("# TYPE {} {}\n", name, is_counter ? "counter" : "gauge");
  text += fmt::format("# HELP {} {}\n", name, escaped(family.help));
  const std::string of_samples = fmt::format("{}{}", name, is_counter ? counted : "");
  for (const ClientMetric& each : family.metric)
    add_sample(text, of_samples, each, is_counter ? each.counter.value : each.gauge.value);
}

}  // namespace

std::string to_open_metrics(const std::vector<MetricFamily>& families) {
  std::string text;
  for (const MetricFamily& each : families)
    add_family(text, each);
  return text + "# EOF\n";
}

}  // namespace nearmem::tools
