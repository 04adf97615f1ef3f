#pragma once

#include <cstdint>
#include <string>

#include <CLI/CLI.hpp>

namespace nearmem::tools {

// Declares an option that takes a whole decimal number from `least` to `most`, and nothing else:
// no sign, no other base, no overflow. CLI11's own conversion takes -1 for 2^64-1. `value` keeps
// what it holds where the option is not given, and the help text shows that as the default.
CLI::Option* add_number_option(CLI::App& app, const std::string& name, std::uint64_t& value,
                               std::uint64_t least, std::uint64_t most,
                               const std::string& description);

}  // namespace nearmem::tools
