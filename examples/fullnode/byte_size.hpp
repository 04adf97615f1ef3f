#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace nearmem::fullnode {

// Bytes as people write them: a whole or decimal number and a unit, with or without a blank
// between.
//
//   300MiB   1.5 GiB   64KB   4096   4096B      KiB, MiB, GiB: of 1024; KB, MB, GB: of 1000
//
// Throws std::invalid_argument, with one line that says what is wrong: not a number, negative, an
// unknown unit, more than an address space holds.
std::size_t parse_byte_size(std::string_view text);

// The same for people: in the largest unit of 1024 that leaves at least 1, with one decimal.
std::string to_byte_size(std::size_t bytes);

}  // namespace nearmem::fullnode
