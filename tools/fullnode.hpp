#pragma once

#include <CLI/CLI.hpp>

#include "tools/command.hpp"

namespace nearmem::tools {

// `nearmem fullnode`: a full node's memory life, on blocks from files or on generated ones.
command_work add_fullnode(CLI::App& app);

}  // namespace nearmem::tools
