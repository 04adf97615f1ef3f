#pragma once

#include <string>
#include <vector>

#include "examples/fullnode/run_sample.hpp"
#include "tools/page/document.hpp"

namespace nearmem::tools {

// A run's samples, in the order of time, as a page: the whole process, what is charged against what
// malloc would take, throughput, evictions, each component against its budget, memory nodes, and
// the last sample as a table. `name` is the scenario's, `setting` words on what the run was
// given: "profile bitcoin, threads 2". Without samples the page says so. O(samples × components).
page::document page_of(const std::vector<fullnode::run_sample>& samples, const std::string& name,
                       const std::string& setting);

}  // namespace nearmem::tools
