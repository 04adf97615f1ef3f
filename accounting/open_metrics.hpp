#pragma once

#include <string>

#include <nearmem/accounting/statistics.hpp>

namespace nearmem {

// The books as OpenMetrics 1.0 text, as Prometheus scrapes it (content type
// application/openmetrics-text; version=1.0.0; charset=utf-8).
//
// A word of a section is the metric nearmem_SECTION_WORD[_UNIT]; the words that tell a row from
// others are its labels; those that are text are the labels of nearmem_SECTION_info, which is
// always 1. Addresses are left out: each would be a series of its own. All metrics are gauges:
// counters are spelled in two ways by OpenMetrics and by the text format before it, and this text
// is read by parsers of both. What has no value has no sample. Words: docs/statistics.md.
//
// Thread rule: any.
std::string to_open_metrics(const statistics& all);

}  // namespace nearmem
