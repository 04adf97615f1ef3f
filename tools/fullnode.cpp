#include "tools/fullnode.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <nearmem/accounting/open_metrics.hpp>
#include <nearmem/accounting/statistics_json.hpp>
#include <nearmem/accounting/statistics_table.hpp>

#include "examples/fullnode/block_file.hpp"
#include "examples/fullnode/block_generator.hpp"
#include "examples/fullnode/input_error.hpp"
#include "examples/fullnode/node_life.hpp"
#include "examples/fullnode/report_json.hpp"
#include "examples/fullnode/report_table.hpp"
#include "tools/fullnode_scenario.hpp"
#include "tools/number_option.hpp"
#include "tools/progress_line.hpp"

namespace nearmem::tools {
namespace {

struct fullnode_options {
  std::vector<std::string> files;
  fullnode::generation generated;
  bool json = false;
  std::string statistics;  // "", or the printer to use instead of the report's
  std::shared_ptr<scenario_options> scenario;
};

std::unique_ptr<fullnode::block_source> source_of(const fullnode_options& options) {
  if (options.files.empty()) {
    return std::make_unique<fullnode::block_generator>(options.generated);
  }
  return std::make_unique<fullnode::block_files>(options.files);
}

fullnode::life_report live(const fullnode_options& options) {
  std::unique_ptr<fullnode::block_source> source = source_of(options);
  fullnode::node_life life;
  progress_line progress;
  while (life.live_next(*source)) {
    if (!progress.is_due()) continue;
    progress.show(options.files.empty()
                      ? fmt::format("{} of {} blocks", life.blocks(), options.generated.count)
                      : fmt::format("{} blocks", life.blocks()));
  }
  return life.report();
}

std::string print(const fullnode::life_report& report, const fullnode_options& options) {
  if (options.statistics == "table") return to_table(report.counted);
  if (options.statistics == "json") return to_json(report.counted);
  if (options.statistics == "openmetrics") return to_open_metrics(report.counted);
  fullnode::life_source source = options.generated;
  if (!options.files.empty()) source = options.files;
  return options.json ? to_json(report, source) : to_table(report, source);
}

command_result run(const fullnode_options& options) {
  if (options.scenario->is_wanted()) {
    return run_scenario(*options.scenario, {options.files, options.generated.seed, options.json});
  }
  try {
    fullnode::life_report report = live(options);
    command_result result;
    result.output = print(report, options);
    if (const fullnode::identity* broken = report.broken()) {
      result.failure = "an identity does not hold: " + broken->name;
    }
    return result;
  } catch (const fullnode::input_error& error) {
    throw bad_input(error.what());
  }
}

}  // namespace

command_work add_fullnode(CLI::App& app) {
  constexpr std::uint64_t most_blocks = 1'000'000;
  constexpr std::uint64_t most_transactions = 100'000;
  auto options = std::make_shared<fullnode_options>();
  CLI::Option* files = app.add_option("--blocks", options->files,
                                      "Files of blocks: bare ones, or a node's blk*.dat; without, "
                                      "blocks are generated")
                           ->type_name("FILE");
  CLI::Option* json = app.add_flag("--json", options->json, "Print JSON instead of a table")
                          ->disable_flag_override();
  app.add_option("--statistics", options->statistics,
                 "Print all that the library counts instead: table, json or openmetrics")
      ->check(CLI::IsMember({"table", "json", "openmetrics"}))
      ->type_name("FORMAT")
      ->excludes(json);
  fullnode::generation& generated = options->generated;
  add_number_option(app, "--seed", generated.seed, 0, UINT64_MAX, "Of the generated blocks")
      ->excludes(files);
  add_number_option(app, "--count", generated.count, 1, most_blocks, "Of generated blocks")
      ->excludes(files);
  add_number_option(app, "--txs-per-block", generated.transactions_per_block, 1, most_transactions,
                    "Of generated blocks, coinbase included")
      ->excludes(files);
  options->scenario = add_scenario_options(app);
  return [options] { return run(*options); };
}

}  // namespace nearmem::tools
