#include "tools/page/escape.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace nearmem::page {
namespace {

// How many bytes the valid character at the beginning of `text` takes; 0 where there is none.
std::size_t character_bytes(std::string_view text) {
  auto at = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const std::uint32_t first = at(0);
  if (first < 0x80) return first >= 0x20 || first == '\t' || first == '\n' ? first != 0x7f : 0;
  const std::size_t bytes = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < bytes) return 0;
  std::uint32_t code = first & (0x7fU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((at(i) & 0xc0U) != 0x80) return 0;
    code = code << 6U | (at(i) & 0x3fU);
  }
  const std::uint32_t least = bytes == 2 ? 0x80 : bytes == 3 ? 0x800 : 0x10000;
  const bool surrogate = code >= 0xd800 && code < 0xe000;
  const bool control = code < 0xa0;
  const bool noncharacter = code == 0xfffe || code == 0xffff;
  return code < least || code > 0x10ffff || surrogate || control || noncharacter ? 0 : bytes;
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  while (!text.empty()) {
    const std::size_t bytes = character_bytes(text);
    switch (bytes == 0 ? '\0' : text.front()) {
      case '\0':
        safe += "\xef\xbf\xbd";
        break;
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      case '\'':
        safe += "&#39;";
        break;
      default:
        safe += text.substr(0, bytes);
    }
    text.remove_prefix(std::max<std::size_t>(bytes, 1));
  }
  return safe;
}

std::size_t code_points(std::string_view text) {
  std::size_t count = 0;
  for (; !text.empty(); ++count)
    text.remove_prefix(std::max<std::size_t>(character_bytes(text), 1));
  return count;
}

std::string_view first_code_points(std::string_view text, std::size_t count) {
  std::size_t end = 0;
  for (; count > 0 && end < text.size(); --count)
    end += std::max<std::size_t>(character_bytes(text.substr(end)), 1);
  return text.substr(0, end);
}

}  // namespace nearmem::page
