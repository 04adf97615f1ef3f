#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace nearmem::fullnode {

// An enumeration with a name for each of its values: names_of(), beside it, gives a table of them,
// in the order of the values, which count from 0.
template <class Enumeration>
concept named = requires(Enumeration value) { std::string_view(names_of(value)[0]); };

template <named Enumeration>
constexpr std::string_view to_string(Enumeration value) noexcept {
  return names_of(value)[static_cast<std::size_t>(value)];
}

// The value of this name, or nothing. O(names).
template <named Enumeration>
constexpr std::optional<Enumeration> parse_name(std::string_view name) noexcept {
  const auto& names = names_of(Enumeration{});
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return static_cast<Enumeration>(i);
  }
  return std::nullopt;
}

}  // namespace nearmem::fullnode
