#pragma once

#include <vector>

#include <prometheus/metric_family.h>

#include "examples/fullnode/run_sample.hpp"

namespace nearmem::tools {

// A sample as families of metrics. Every name begins with nearmem_fullnode_; bytes are gauges that
// end in _bytes, what only grows is a counter that ends in _total. What the kernel does not say is
// left out. Components stand in the label `component`, memory nodes in `node`, why something was
// let go in `reason`.
std::vector<prometheus::MetricFamily> families_of(const fullnode::run_sample& sample);

}  // namespace nearmem::tools
