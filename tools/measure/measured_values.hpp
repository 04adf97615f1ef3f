#pragma once

#include <nearmem/topology/measurements.hpp>

#include "tools/measure/report.hpp"

namespace nearmem::measure {

// What a machine is to know of what was measured: latencies from node to node, bandwidths of
// reading, and the sizes that were decided. What was refused or not measured is absent.
measurements measured_values(const report& measured);

}  // namespace nearmem::measure
