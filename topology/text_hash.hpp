#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace nearmem {

// 64-bit FNV-1a of a text, as 16 hexadecimal digits: tells texts apart that differ by accident, not
// by design. O(length). Private to topology/.
inline std::string text_hash(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char letter : text) {
    hash ^= static_cast<unsigned char>(letter);
    hash *= 0x100000001b3;
  }
  constexpr std::array digits = {'0', '1', '2', '3', '4', '5', '6', '7',
                                 '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};
  std::string shown;
  for (int shift = 60; shift >= 0; shift -= 4)
    shown += digits[static_cast<std::size_t>(hash >> shift & 15)];
  return shown;
}

}  // namespace nearmem
