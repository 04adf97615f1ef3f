#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "examples/fullnode/run_options.hpp"
#include "tools/command.hpp"
#include "tools/fullnode_watch.hpp"

namespace nearmem::tools {

// The options of `nearmem fullnode --scenario`, as they were given.
struct scenario_options {
  std::string scenario;  // empty: no run is wanted
  std::string profile = "bitcoin";
  std::vector<std::string> resources{"nearmem"};
  std::optional<std::string> budget;
  std::optional<std::string> config_file;
  std::optional<std::string> folder;  // of the database
  std::string leak;
  std::uint64_t threads = 1;
  std::uint64_t transactions = 0;
  std::uint64_t seconds = 0;
  bool print_config = false;
  std::shared_ptr<watch_options> watch;  // how a run is looked at

  bool is_wanted() const noexcept { return !scenario.empty() || print_config; }
};

// Declares them; all but --scenario and --print-config need --scenario.
std::shared_ptr<scenario_options> add_scenario_options(CLI::App& app);

// What else a run takes, from the command's other options.
struct scenario_source {
  std::vector<std::string> files;  // of blocks
  std::uint64_t seed = 1;
  bool json = false;
};

// Runs one, or several in a process each. Throws bad_input.
command_result run_scenario(const scenario_options& given, const scenario_source& source);

}  // namespace nearmem::tools
