#include "tools/fullnode_families.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace nearmem::tools {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using labels = std::vector<ClientMetric::Label>;

template <class Number>
ClientMetric metric(MetricType type, Number value, labels of = {}) {
  ClientMetric made;
  made.label = std::move(of);
  (type == MetricType::Counter ? made.counter.value : made.gauge.value) =
      static_cast<double>(value);
  return made;
}

MetricFamily family(MetricType type, const char* name, const char* help) {
  MetricFamily made;
  made.name = std::string("nearmem_fullnode_") + name;
  made.help = help;
  made.type = type;
  return made;
}

template <class Number>
MetricFamily single(MetricType type, const char* name, const char* help, Number value) {
  MetricFamily made = family(type, name, help);
  made.metric.push_back(metric(type, value));
  return made;
}

struct component_bytes {
  const char* name;
  const char* help;
  std::size_t fullnode::component_sample::* bytes;
};

using component = fullnode::component_sample;
constexpr std::array components_bytes = {
    component_bytes{"component_budget_bytes", "Limit of a component's budget", &component::limit},
    component_bytes{"component_charged_bytes", "What a component's containers are charged",
                    &component::charged},
    component_bytes{"component_modelled_bytes",
                    "What a model of malloc says to a component's containers",
                    &component::modelled},
    component_bytes{"component_unused_bytes", "Reserved by a component and in no live block",
                    &component::unused},
    component_bytes{"component_metadata_bytes", "Descriptors of a component's memory",
                    &component::metadata},
    component_bytes{"component_footprint_bytes", "All that a component has reserved",
                    &component::footprint},
    component_bytes{"component_peak_footprint_bytes", "The greatest footprint so far",
                    &component::peak_footprint},
};

MetricFamily evictions_of(const fullnode::run_sample& sample) {
  MetricFamily made =
      family(MetricType::Counter, "evictions_total", "Objects that a component let go, and why");
  for (const component& each : sample.components) {
    const fullnode::eviction_counts& counts = each.evictions;
    const std::array reasons = {
        std::pair{"full", counts.full},       std::pair{"age", counts.age},
        std::pair{"spent", counts.spent},     std::pair{"lru", counts.lru},
        std::pair{"flushed", counts.flushed},
    };
    for (const auto& [reason, count] : reasons) {
      made.metric.push_back(
          metric(made.type, count, {{"component", each.name}, {"reason", reason}}));
    }
  }
  return made;
}

void add_components(std::vector<MetricFamily>& all, const fullnode::run_sample& sample) {
  constexpr MetricType gauge = MetricType::Gauge;
  for (const component_bytes& of : components_bytes) {
    all.push_back(family(gauge, of.name, of.help));
    for (const component& each : sample.components)
      all.back().metric.push_back(metric(gauge, each.*of.bytes, {{"component", each.name}}));
  }
  all.push_back(family(gauge, "component_objects", "Objects that a component holds"));
  for (const component& each : sample.components)
    all.back().metric.push_back(metric(gauge, each.objects, {{"component", each.name}}));
  all.push_back(family(gauge, "component_leak_suspected",
                       "1 for a component that grows and lets nothing go, else 0"));
  for (const component& each : sample.components) {
    const auto& leaks = sample.suspected_leaks;
    const bool leaks_here = std::find(leaks.begin(), leaks.end(), each.name) != leaks.end();
    all.back().metric.push_back(metric(gauge, leaks_here ? 1 : 0, {{"component", each.name}}));
  }
  all.push_back(evictions_of(sample));
}

}  // namespace

std::vector<MetricFamily> families_of(const fullnode::run_sample& sample) {
  constexpr MetricType gauge = MetricType::Gauge;
  constexpr MetricType counter = MetricType::Counter;
  std::vector<MetricFamily> all;
  all.push_back(single(gauge, "run_seconds", "Since the run began", sample.seconds));
  all.push_back(
      single(counter, "transactions_total", "That arrived, admitted or not", sample.transactions));
  all.push_back(single(gauge, "transactions_per_second", "Since the sample before",
                       sample.transactions_per_second));
  all.push_back(single(counter, "blocks_total", "Connected since the run began", sample.blocks));
  add_components(all, sample);
  all.push_back(family(gauge, "node_footprint_bytes", "What lies on a memory node"));
  for (const fullnode::node_sample& each : sample.nodes) {
    all.back().metric.push_back(metric(
        gauge, each.footprint, {{"node", std::to_string(static_cast<unsigned>(each.node))}}));
  }
  all.push_back(single(gauge, "budget_bytes", "Limit of the whole node's budget", sample.limit));
  all.push_back(
      single(gauge, "page_layer_bytes", "What the page source itself holds", sample.page_layer));
  all.push_back(single(gauge, "accounted_bytes", "Footprints of all components and the page layer",
                       sample.accounted));
  if (sample.resident) {
    all.push_back(
        single(gauge, "resident_bytes", "Of the whole process, says the kernel", *sample.resident));
  }
  if (sample.virtual_bytes) {
    all.push_back(single(gauge, "virtual_bytes", "Address space of the process, says the kernel",
                         *sample.virtual_bytes));
  }
  return all;
}

}  // namespace nearmem::tools
