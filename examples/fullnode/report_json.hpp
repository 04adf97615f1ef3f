#pragma once

#include <string>

#include "examples/fullnode/life_report.hpp"
#include "examples/fullnode/life_source.hpp"

namespace nearmem::fullnode {

// The report as JSON, one object and a newline. docs/fullnode.md defines every key.
std::string to_json(const life_report& report, const life_source& source);

}  // namespace nearmem::fullnode
