#pragma once

#include <string>

#include "examples/fullnode/run_options.hpp"
#include "examples/fullnode/run_result.hpp"
#include "examples/fullnode/run_table.hpp"

namespace nearmem::fullnode {

// The result of a run as JSON, one object and a newline. docs/fullnode.md defines every key.
std::string to_json(const run_result& result, const run_options& options);

// What a comparison shows of one run, from its JSON. Throws std::runtime_error if it is none.
compared_run compared_from_json(const std::string& text);

// Several runs as one object: an array of the objects that each run printed.
std::string to_json_of_runs(const std::vector<std::string>& runs);

}  // namespace nearmem::fullnode
