#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace nearmem {

// The length of the well-formed UTF-8 sequence at the front of `text` (RFC 3629: no overlong form,
// no surrogate, nothing above U+10FFFF), or 0 where none is. O(1).
std::size_t utf8_sequence_bytes(std::string_view text) noexcept;

// True if all of `text` is well-formed. O(length).
bool is_utf8(std::string_view text) noexcept;

// `text` with each byte that is not part of a well-formed sequence replaced by U+FFFD. O(length).
std::string to_utf8(std::string_view text);

// Thread rule of all: any.
}  // namespace nearmem
