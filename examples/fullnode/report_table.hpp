#pragma once

#include <string>

#include "examples/fullnode/life_report.hpp"
#include "examples/fullnode/life_source.hpp"

namespace nearmem::fullnode {

// The report for people: a sum that comes out. docs/fullnode.md defines every word.
std::string to_table(const life_report& report, const life_source& source);

}  // namespace nearmem::fullnode
