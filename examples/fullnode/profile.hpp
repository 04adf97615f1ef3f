#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace nearmem::fullnode {

// What made transactions look like.
enum class profile {
  bitcoin,  // as in block 413,567: 640 bytes in the mean, 2 inputs, coins spent and made
  priv,     // private ones: about 4,000 bytes, a key image or two, a long proof
  minting,  // about 1,500 bytes, one key image, one output
};

inline constexpr std::array<std::string_view, 3> profile_names = {"bitcoin", "private", "minting"};

constexpr std::string_view to_string(profile which) noexcept {
  return profile_names[static_cast<std::size_t>(which)];
}
constexpr std::optional<profile> parse_profile(std::string_view name) noexcept {
  for (std::size_t i = 0; i < profile_names.size(); ++i) {
    if (profile_names[i] == name) return static_cast<profile>(i);
  }
  return std::nullopt;
}

}  // namespace nearmem::fullnode
