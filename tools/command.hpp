#pragma once

#include <functional>
#include <stdexcept>
#include <string>

namespace nearmem::tools {

// What a subcommand has to say when its work is done.
struct command_result {
  std::string output;   // goes to standard output, whole
  std::string failure;  // empty: success. Else one line for standard error, and exit status 1
  int ended_by = 0;     // the signal that ended the work before its time, and ends the process then
};

// A subcommand's work, run after the command line was read without error. Throws bad_input for
// what the user can put right (exit status 2); any other exception is a failure (exit status 1).
using command_work = std::function<command_result()>;

// What is wrong with what the user gave: one line that names it.
class bad_input : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace nearmem::tools
