#include <array>
#include <exception>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "tools/command.hpp"
#include "tools/doctor.hpp"
#include "tools/ending_signals.hpp"
#include "tools/fullnode.hpp"
#include "tools/measure.hpp"
#include "tools/number_option.hpp"
#include "tools/standard_streams.hpp"

namespace nearmem::tools {
namespace {

// Exit statuses, the same for every subcommand.
enum exit_status : int { success = 0, failed = 1, bad_usage = 2 };
// What a shell adds to the number of the signal that ended a command.
constexpr int shell_status_of_signals = 128;

struct subcommand {
  const char* name;
  const char* description;
  // Declares the subcommand's options and returns its work.
  command_work (*add)(CLI::App& app);
};

// To add a subcommand: its two files, its header above, and its line here, in alphabetical order.
constexpr std::array subcommands = {
    subcommand{"doctor", "What the library sees here, and what placement works", add_doctor},
    subcommand{"fullnode", "Live a full node's memory life, and account for every byte of it",
               add_fullnode},
    subcommand{"measure", "What memory, caches and cores cost on this hardware", add_measure},
};

int run(int argument_count, char** arguments) {
  CLI::App app("Memory next to the thread that uses it, every byte counted.", "nearmem");
  app.set_version_flag("--version", "nearmem " NEARMEM_VERSION);
  app.require_subcommand(1);
  std::vector<std::pair<CLI::App*, command_work>> works;
  for (const subcommand& each : subcommands) {
    CLI::App* added = app.add_subcommand(each.name, each.description);
    works.emplace_back(added, each.add(*added));
  }
  try {
    app.parse(argument_count, arguments);
  } catch (const CLI::CallForHelp&) {
    write_output(app.help());
    return success;
  } catch (const CLI::CallForVersion&) {
    write_output(app.version() + "\n");
    return success;
  } catch (const CLI::ParseError& error) {
    write_error(std::string(error.what()) + "; see nearmem --help");
    return bad_usage;
  }
  for (auto& [parsed, work] : works) {
    if (!parsed->parsed()) continue;
    command_result result = work();
    write_output(result.output);
    if (!result.failure.empty()) write_error(result.failure);
    if (result.ended_by != 0) {
      end_by(result.ended_by);
      return shell_status_of_signals + result.ended_by;
    }
    return result.failure.empty() ? success : failed;
  }
  return bad_usage;
}

}  // namespace
}  // namespace nearmem::tools

int main(int argument_count, char** arguments) {
  using namespace nearmem::tools;
  prepare_standard_streams();
  try {
    return run(argument_count, arguments);
  } catch (const bad_input& error) {
    write_error(error.what());
    return bad_usage;
  } catch (const std::bad_alloc&) {
    write_error("out of memory");
  } catch (const std::exception& error) {
    write_error(error.what());
  }
  return failed;
}
