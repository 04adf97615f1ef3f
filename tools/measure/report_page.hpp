#pragma once

#include <string>

#include "tools/measure/report.hpp"

namespace nearmem::measure {

// A report as one file of HTML that needs nothing else: curves of latency with the caches marked,
// matrices from node to node as maps, costs as bars with whiskers from the best round as
// far as the spread goes.
std::string to_html(const report& measured);

}  // namespace nearmem::measure
