#pragma once

#include "tools/command.hpp"
#include "tools/fullnode_scenario.hpp"

namespace nearmem::tools {

// Runs the same load on each of the resources, one after the other, each in a fresh process of this
// command, so that what one leaves behind does not stand in the next one's resident memory. Prints
// one table of them. Throws bad_input as a run does, with the first run's line.
command_result compare_resources(const scenario_options& given, const scenario_source& source);

}  // namespace nearmem::tools
