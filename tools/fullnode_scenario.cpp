#include "tools/fullnode_scenario.hpp"

#include <algorithm>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <system_error>

#include <fmt/format.h>
#include <malloc.h>

#include "examples/fullnode/budget_too_small.hpp"
#include "examples/fullnode/byte_size.hpp"
#include "examples/fullnode/config_file.hpp"
#include "examples/fullnode/database_error.hpp"
#include "examples/fullnode/input_error.hpp"
#include "examples/fullnode/node_run.hpp"
#include "examples/fullnode/run_json.hpp"
#include "examples/fullnode/run_table.hpp"
#include "tools/ending_signals.hpp"
#include "tools/fullnode_compare.hpp"
#include "tools/number_option.hpp"
#include "tools/scratch_database.hpp"

namespace nearmem::tools {
namespace {

constexpr std::uint64_t most_threads = 256;
constexpr std::uint64_t most_transactions = 1'000'000'000'000;
constexpr std::uint64_t most_seconds = 1'000'000;
constexpr std::uint64_t usual_transactions = 200'000;

// Bytes of a coin of a maker, and of a waiting transaction's memory for each of its inputs, about.
constexpr std::size_t pooled_bytes_per_coin = 400;
constexpr std::size_t least_coins = 4'096;
constexpr std::size_t most_coins = 1'000'000;

std::vector<std::string> names(std::span<const std::string_view> of) {
  return {of.begin(), of.end()};
}

fullnode::node_config config_of(const scenario_options& given) {
  fullnode::node_config config;
  if (given.config_file) config = fullnode::read_config(*given.config_file);
  if (given.budget) {
    try {
      config.budget = fullnode::parse_byte_size(*given.budget);
    } catch (const std::invalid_argument& error) {
      throw bad_input(fmt::format("--budget: {}", error.what()));
    }
  }
  fullnode::require_usable(config);
  return config;
}

fullnode::run_options options_of(const scenario_options& given, const scenario_source& source) {
  fullnode::run_options made;
  made.what = *fullnode::parse_name<fullnode::scenario>(given.scenario);
  made.shape = *fullnode::parse_name<fullnode::profile>(given.profile);
  made.kind = *fullnode::parse_name<fullnode::resource_kind>(given.resources.front());
  made.config = config_of(given);
  made.threads = given.threads;
  made.transactions = given.transactions;
  made.seconds = static_cast<double>(given.seconds);
  if (made.transactions == 0 && given.seconds == 0 && source.files.empty()) {
    made.transactions = usual_transactions;
  }
  made.seed = source.seed;
  made.files = source.files;
  made.leak = fullnode::parse_name<fullnode::part>(given.leak);
  made.wallet_coins =
      std::clamp(made.config.limit_of(fullnode::part::mempool) / pooled_bytes_per_coin, least_coins,
                 most_coins);
  if (made.what == fullnode::scenario::orphans && made.shape != fullnode::profile::bitcoin) {
    throw bad_input(
        "--scenario orphans: only transactions of --profile bitcoin name their parents");
  }
  if (!source.files.empty() && made.what != fullnode::scenario::ibd) {
    throw bad_input("--blocks: of the scenarios, ibd alone reads blocks");
  }
  if (made.threads > made.config.peers) {
    throw bad_input(fmt::format("--threads: more than the {} peers", made.config.peers));
  }
  return made;
}

// The rest of the process is malloc's: makers, the database's buffers. Left to itself, glibc learns
// from the first large block that is freed to keep such blocks, and the resident memory of the
// process then says more of malloc's habits than of the node.
void keep_malloc_lean() {
  ::mallopt(M_MMAP_THRESHOLD, 128 << 10);
  ::mallopt(M_TRIM_THRESHOLD, 1 << 20);
  ::mallopt(M_ARENA_MAX, 2);
}

// What a run was given, in a sentence.
std::string setting_of(const fullnode::run_options& options) {
  return fmt::format("profile {}, resource {}, budget {}, threads {}, seed {}",
                     to_string(options.shape), to_string(options.kind),
                     fullnode::to_byte_size(options.config.budget), options.threads, options.seed);
}

command_result run_one(const fullnode::run_options& options, const scenario_options& given,
                       const ending_signals& signals, bool json) {
  fullnode_watch watch(*given.watch, given.scenario, setting_of(options));
  fullnode::run_result ended;
  {
    fullnode::node_run run(options);
    ended = run.run(watch.observer());
  }
  command_result result;
  result.output = json ? to_json(ended, options) : to_table(ended, options);
  try {
    watch.finish();
  } catch (const std::system_error& error) {
    result.failure = error.what();  // what the run came to is told all the same
  }
  result.ended_by = signals.which();
  if (!ended.last.suspected_leaks.empty()) {
    result.failure = fmt::format("a leak is suspected: '{}' grows without removals",
                                 fmt::join(ended.last.suspected_leaks, "', '"));
  } else if (const fullnode::identity* broken = ended.broken()) {
    result.failure = "an identity does not hold: " + broken->name;
  }
  return result;
}

}  // namespace

std::shared_ptr<scenario_options> add_scenario_options(CLI::App& app) {
  auto given = std::make_shared<scenario_options>();
  CLI::Option* scenario =
      app.add_option("--scenario", given->scenario,
                     "Put a whole node under a load, inside its budget: ibd, flood, reorg, orphans "
                     "or steady")
          ->check(CLI::IsMember(names(fullnode::scenario_names)))
          ->type_name("NAME");
  const auto of_runs = [scenario](CLI::Option* option) { return option->needs(scenario); };
  of_runs(app.add_option("--profile", given->profile,
                         "What transactions look like: bitcoin, private or minting")
              ->check(CLI::IsMember(names(fullnode::profile_names)))
              ->type_name("NAME"));
  of_runs(app.add_option("--resource", given->resources,
                         "What the node's memory comes from: nearmem, new_delete, std_pool, "
                         "core_pool; several are compared, in a process each")
              ->delimiter(',')
              ->check(CLI::IsMember(names(fullnode::resource_kind_names)))
              ->type_name("NAME,..."));
  of_runs(app.add_option("--budget", given->budget, "Of the whole node, such as 300MiB")
              ->type_name("BYTES"));
  of_runs(app.add_option("--config", given->config_file, "Budgets and rules, in TOML")
              ->type_name("FILE"));
  of_runs(
      app.add_option("--data", given->folder, "Folder of the database; without, a temporary one")
          ->type_name("DIR"));
  of_runs(app.add_option("--inject-leak", given->leak,
                         "Leak on purpose, in this component: the statistics find it")
              ->check(CLI::IsMember(names(fullnode::part_names)))
              ->type_name("COMPONENT"));
  of_runs(add_number_option(app, "--threads", given->threads, 1, most_threads,
                            "That receive transactions"));
  of_runs(add_number_option(app, "--transactions", given->transactions, 1, most_transactions,
                            "Ends the run after so many"));
  of_runs(
      add_number_option(app, "--seconds", given->seconds, 1, most_seconds, "Ends the run then"));
  given->watch = add_watch_options(app, scenario);
  app.add_flag("--print-config", given->print_config,
               "Print a configuration with every key and its default, and do nothing else")
      ->disable_flag_override();
  return given;
}

command_result run_scenario(const scenario_options& given, const scenario_source& source) {
  if (given.print_config) return {fullnode::default_config(), {}};
  try {
    fullnode::run_options options = options_of(given, source);
    if (given.folder && given.folder->empty()) throw bad_input("--data: names no folder");
    if (given.resources.size() > 1) {
      if (given.watch->html || given.watch->metrics->count() != 0) {
        throw bad_input("--html, --metrics: of one resource, not of several that are compared");
      }
      return compare_resources(given, source);
    }
    keep_malloc_lean();
    const ending_signals signals;
    options.stop = &signals.asked();
    const scratch_database scratch(given.folder.value_or(""));
    options.folder = scratch.folder();
    return run_one(options, given, signals, source.json);
  } catch (const fullnode::config_error& error) {
    throw bad_input(error.what());
  } catch (const fullnode::database_error& error) {
    throw bad_input(error.what());
  } catch (const fullnode::budget_too_small& error) {
    throw bad_input(error.what());
  } catch (const fullnode::input_error& error) {
    throw bad_input(error.what());
  }
}

}  // namespace nearmem::tools
