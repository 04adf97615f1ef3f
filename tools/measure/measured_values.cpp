#include "tools/measure/measured_values.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace nearmem::measure {
namespace {

measurements::cell cell_of(const row& each) {
  return {node_id{*each.from}, node_id{*each.to},
          static_cast<std::size_t>(std::max(std::lround(each.value->best), 1L))};
}

}  // namespace

measurements measured_values(const report& measured) {
  measurements values{.fingerprint = measured.fingerprint};
  double noise = 0;
  if (const part_report* const nodes = measured.find(part::nodes)) {
    for (const row& each : nodes->rows) {
      if (!each.value || !each.from || !each.to) continue;
      values.latencies.push_back(cell_of(each));
      noise = std::max(noise, each.value->spread());
    }
  }
  values.latency_noise_percent = static_cast<std::size_t>(std::ceil(std::min(noise, 1.0) * 100));
  if (const part_report* const bandwidth = measured.find(part::bandwidth)) {
    for (const row& each : bandwidth->rows) {
      if (each.value && each.from && each.to && each.series == "read") {
        values.bandwidths.push_back(cell_of(each));
      }
    }
  }
  for (const verdict& each : measured.verdicts) {
    if (!each.bytes || !std::has_single_bit(*each.bytes) || *each.bytes < 16) continue;
    if (each.name == "line_bytes") values.line_bytes = each.bytes;
    if (each.name == "interference_bytes") values.interference_bytes = each.bytes;
  }
  return values;
}

}  // namespace nearmem::measure
