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

// The length of the control character at the front of `text`, ASCII's or one of the second set
// (U+0080 to U+009F), which terminals obey, too; 0 where none is. O(1).
std::size_t control_bytes(std::string_view text) noexcept;

// Thread rule of all: any.
}  // namespace nearmem
