#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace nearmem {

// What a run of the command left behind. `status` is the exit status, or 128 + the number of the
// signal that killed it.
struct command_run {
  int status = 0;
  std::string output;
  std::string error;
};

// Where a run's standard output goes instead of into command_run::output.
enum class output_to { caller, full_device, closed_pipe, nowhere };

// Runs the command that was built beside these tests with `arguments`, standard input empty.
command_run run_command(const std::vector<std::string>& arguments,
                        output_to where = output_to::caller);

// True if `text` is exactly one line: no newline but a last one.
bool is_one_line(std::string_view text);

}  // namespace nearmem
