#include "examples/fullnode/hash256.hpp"

#include <string_view>

namespace nearmem::fullnode {

std::string to_string(const hash256& hash) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * hash.bytes.size());
  for (auto at = hash.bytes.rbegin(); at != hash.bytes.rend(); ++at) {
    auto value = std::to_integer<unsigned>(*at);
    text += digits[value >> 4];
    text += digits[value & 0xf];
  }
  return text;
}

}  // namespace nearmem::fullnode
