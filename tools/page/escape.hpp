#pragma once

#include <string>
#include <string_view>

namespace nearmem::page {

// Any bytes as text of an element or of a quoted attribute, in HTML and in XML alike: what would be
// markup is written as an entity, and what is no UTF-8 (overlong forms, surrogates, codes beyond
// U+10FFFF) or no character of XML (controls but tab and newline) as U+FFFD, once for each byte
// that begins nothing valid. The result is valid UTF-8 whatever goes in. O(bytes).
std::string escaped(std::string_view text);

// Code points in valid UTF-8; what escaped() would replace counts as one each. O(bytes).
std::size_t code_points(std::string_view text);

// The first `count` code points of the text. O(bytes).
std::string_view first_code_points(std::string_view text, std::size_t count);

}  // namespace nearmem::page
