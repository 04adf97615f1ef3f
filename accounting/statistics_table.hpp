#pragma once

#include <string>

#include <nearmem/accounting/statistics.hpp>

namespace nearmem {

// The books as tables for people: plain text, columns aligned, bytes in full, "-" where there is
// no value. Tables whose columns add up end with their sum. Words: docs/statistics.md.
//
//   resources
//   resource  instance  kind  ...   charged  unused  metadata  footprint ...
//   mempool          1  slab  ...   1048576   65536     16384    1130496 ...
//   sum                             ...
//
// Thread rule: any.
std::string to_table(const statistics& all);

}  // namespace nearmem
