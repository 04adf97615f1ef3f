#pragma once

#include <CLI/CLI.hpp>

#include "tools/command.hpp"

namespace nearmem::tools {

// nearmem measure: what memory, caches and cores of this machine cost, as far as it can be told, as
// a table, as JSON, and as a file by which a machine knows it.
command_work add_measure(CLI::App& app);

}  // namespace nearmem::tools
