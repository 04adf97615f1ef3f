#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "examples/fullnode/run_sample.hpp"
#include "tools/fullnode_history.hpp"
#include "tools/fullnode_live.hpp"
#include "tools/fullnode_metrics.hpp"
#include "tools/page_file.hpp"

namespace nearmem::tools {

// The options of how a run is looked at, as they were given.
struct watch_options {
  std::uint64_t port = 0;
  CLI::Option* metrics = nullptr;   // tells whether `port` was given
  std::optional<std::string> html;  // where a page is wanted
};

// Declares --metrics and --html; both need `scenario`.
std::shared_ptr<watch_options> add_watch_options(CLI::App& app, CLI::Option* scenario);

// Whoever looks at a run: the live view on a terminal, the metrics, the page.
//
// Thread rule: one thread at a time.
class fullnode_watch {
 public:
  // Before the run begins. `name` is the scenario's, `setting` words on what it was given.
  // Says the metrics' address on standard error. Throws bad_input where a port or a file cannot be
  // had.
  fullnode_watch(const watch_options& options, std::string name, std::string setting);

  // For node_run; refers to this.
  fullnode::run_observer observer();
  // When the run has ended: writes the page. Throws std::system_error where that fails.
  void finish();

 private:
  std::string name_;
  std::string setting_;
  std::optional<page_file> page_;
  std::unique_ptr<fullnode_metrics> metrics_;
  fullnode_history history_;
  fullnode_live live_;
};

}  // namespace nearmem::tools
