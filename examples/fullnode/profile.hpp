#pragma once

#include <array>
#include <string_view>

#include "examples/fullnode/named.hpp"

namespace nearmem::fullnode {

// What made transactions look like.
enum class profile {
  bitcoin,  // as in block 413,567: 640 bytes in the mean, 2 inputs, coins spent and made
  priv,     // private ones: about 4,000 bytes, a key image or two, a long proof
  minting,  // about 1,500 bytes, one key image, one output
};

inline constexpr std::array<std::string_view, 3> profile_names = {"bitcoin", "private", "minting"};

constexpr const auto& names_of(profile) noexcept {
  return profile_names;
}

}  // namespace nearmem::fullnode
