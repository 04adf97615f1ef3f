#pragma once

#include <nearmem/accounting/statistics.hpp>
#include <nearmem/alloc/page_source.hpp>

namespace nearmem {

// Reads everything that is counted: the machine and the pages of one source, all resources,
// arenas and caches that take from it, and all budgets of the process. What the printers print:
//
//   to_table(snapshot())   to_json(snapshot())   to_open_metrics(snapshot())
//
// Nobody is stopped; no lock is held while memory is allocated or a resource is asked. What is read
// while others write was true at some instant of the call, and the sums are settled (see
// statistics.hpp); when nobody writes, every number is exact.
//
// Takes memory from the default heap only. O(resources * nodes + nodes^2). Thread rule: any.
statistics snapshot(page_source& pages = page_source::process());

}  // namespace nearmem
