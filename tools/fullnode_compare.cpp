#include "tools/fullnode_compare.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "examples/fullnode/run_json.hpp"
#include "examples/fullnode/run_table.hpp"
#include "tools/ending_signals.hpp"

namespace nearmem::tools {
namespace {

std::vector<std::string> arguments_of(const scenario_options& given, const scenario_source& source,
                                      const std::string& resource) {
  std::vector<std::string> all{"nearmem", "fullnode", "--json"};
  const auto add = [&all](const char* name, const std::string& value) {
    if (value.empty()) return;
    all.emplace_back(name);
    all.push_back(value);
  };
  const auto add_number = [&add](const char* name, std::uint64_t value) {
    if (value != 0) add(name, std::to_string(value));
  };
  add("--scenario", given.scenario);
  add("--profile", given.profile);
  add("--resource", resource);
  add("--budget", given.budget.value_or(""));
  add("--config", given.config_file.value_or(""));
  add("--inject-leak", given.leak);
  add_number("--threads", given.threads);
  add_number("--transactions", given.transactions);
  add_number("--seconds", given.seconds);
  if (source.files.empty()) {
    add("--seed", std::to_string(source.seed));
  } else {
    all.emplace_back("--blocks");
    all.insert(all.end(), source.files.begin(), source.files.end());
  }
  return all;
}

// A child process of this command: what it printed, and how it ended.
struct child_run {
  std::string output;
  int status = 0;
};

child_run run_child(std::vector<std::string> arguments, ending_signals& signals) {
  std::vector<char*> pointers;
  pointers.reserve(arguments.size() + 1);
  for (std::string& each : arguments)
    pointers.push_back(each.data());
  pointers.push_back(nullptr);
  std::array<int, 2> pipe{};
  if (::pipe(pipe.data()) != 0) throw std::runtime_error(std::strerror(errno));
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error(std::strerror(errno));
  if (child == 0) {
    // Where this process is killed the run ends too, in order.
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    ::dup2(pipe[1], STDOUT_FILENO);
    ::close(pipe[0]);
    ::close(pipe[1]);
    ::execvp(program_invocation_name, pointers.data());  // as this process was started itself
    ::_exit(127);
  }
  ::close(pipe[1]);
  signals.pass_on_to(child);
  child_run ended;
  std::array<char, 4096> part{};
  for (;;) {
    const ssize_t got = ::read(pipe[0], part.data(), part.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    ended.output.append(part.data(), static_cast<std::size_t>(got));
  }
  ::close(pipe[0]);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  signals.pass_on_to(0);
  ended.status = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
  return ended;
}

}  // namespace

command_result compare_resources(const scenario_options& given, const scenario_source& source) {
  if (given.folder) {
    throw bad_input("--data: runs that are compared have a temporary database each");
  }
  std::vector<fullnode::compared_run> runs;
  std::vector<std::string> printed;
  command_result result;
  ending_signals signals;
  for (const std::string& resource : given.resources) {
    if (signals.asked()) break;
    child_run ended = run_child(arguments_of(given, source, resource), signals);
    if (signals.asked()) break;  // it was not run to its end
    // What is wrong it has said itself, on standard error.
    if (ended.output.empty()) {
      throw std::runtime_error(fmt::format("the run on {} failed", resource));
    }
    if (ended.status != 0) result.failure = fmt::format("the run on {} failed", resource);
    runs.push_back(fullnode::compared_from_json(ended.output));
    printed.push_back(std::move(ended.output));
  }
  result.ended_by = signals.which();
  if (runs.empty()) return result;
  result.output = source.json ? fullnode::to_json_of_runs(printed) : fullnode::to_table(runs);
  return result;
}

}  // namespace nearmem::tools
