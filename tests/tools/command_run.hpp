#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

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

// The command that was built beside these tests, while it runs with `arguments`, standard input
// empty. Killed when this goes before wait().
class started_command {
 public:
  explicit started_command(const std::vector<std::string>& arguments,
                           output_to where = output_to::caller);
  ~started_command();
  started_command(const started_command&) = delete;
  started_command& operator=(const started_command&) = delete;

  pid_t process() const noexcept { return process_; }
  // What it wrote to standard error by now.
  std::string error_so_far() const;
  // Once only.
  command_run wait();

 private:
  struct streams;

  std::unique_ptr<streams> streams_;
  pid_t process_ = 0;
};

// Runs the command that was built beside these tests with `arguments`, standard input empty.
command_run run_command(const std::vector<std::string>& arguments,
                        output_to where = output_to::caller);

// True if `text` is exactly one line: no newline but a last one.
bool is_one_line(std::string_view text);

}  // namespace nearmem
