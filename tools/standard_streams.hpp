#pragma once

#include <string_view>

namespace nearmem::tools {

// Makes the process's three standard streams safe to use: a stream that is closed gets a stand-in,
// so that no file opened later takes its number, and a reader who goes away is an error that
// write_output() reports instead of the signal that kills. Call first in main().
void prepare_standard_streams() noexcept;

// Writes all of `text` to standard output. Throws std::system_error where that fails: a full
// device, a closed pipe, a closed stream.
void write_output(std::string_view text);

// Writes "nearmem: " and `line` to standard error, always as one line: control characters, which
// file names may hold, are shown as \xNN. Never fails.
void write_error(std::string_view line) noexcept;

}  // namespace nearmem::tools
