#pragma once

#include <CLI/CLI.hpp>

#include "tools/command.hpp"

namespace nearmem::tools {

// nearmem doctor: what the library sees here, what placement works, and what to do where it does
// not; or the same of a machine that is described by --synthetic or --xml.
command_work add_doctor(CLI::App& app);

}  // namespace nearmem::tools
