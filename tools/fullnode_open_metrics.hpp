#pragma once

#include <string>
#include <vector>

#include <prometheus/metric_family.h>

namespace nearmem::tools {

// Families of gauges and counters as OpenMetrics 1.0 text. The name of a counter's family is that
// of its samples without _total; a family of a counter that does not end so has it added. Others
// than gauges and counters are left out. O(samples).
std::string to_open_metrics(const std::vector<prometheus::MetricFamily>& families);

}  // namespace nearmem::tools
