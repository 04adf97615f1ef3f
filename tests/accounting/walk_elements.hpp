#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory_resource>
#include <string>
#include <utility>

#include <nearmem/accounting/dynamic_usage.hpp>

namespace nearmem {

// An element of a size and an alignment of choice.
template <std::size_t bytes, std::size_t alignment = 1>
struct alignas(alignment) sized {
  sized() = default;
  explicit sized(std::uint32_t value) noexcept {
    for (std::byte& byte : bytes_) {
      byte = static_cast<std::byte>(value);
      value = value / 256;
    }
  }
  friend auto operator<=>(const sized&, const sized&) = default;

  std::array<std::byte, bytes> bytes_{};
};

template <std::size_t bytes, std::size_t alignment>
struct dynamic_usage_traits<sized<bytes, alignment>> : owns_no_heap {};

// Hashes that libstdc++ does not keep in its nodes, and, as it may throw, one that it does.
struct fast_hash {
  template <class T>
  std::size_t operator()(const T& x) const noexcept {
    const auto* bytes = reinterpret_cast<const unsigned char*>(&x);
    std::size_t hash = 0;
    for (std::size_t i = 0; i < sizeof x; ++i)
      hash = hash * 131 + bytes[i];
    return hash;
  }
};
struct throwing_hash {
  template <class T>
  std::size_t operator()(const T& x) const noexcept(false) {
    return fast_hash{}(x);
  }
};

// What the walks put into containers, from a number. Strings allocate from elsewhere first.
template <class T>
struct element_of {
  static T make(std::uint32_t value) { return static_cast<T>(value); }
};
template <std::size_t bytes, std::size_t alignment>
struct element_of<sized<bytes, alignment>> {
  static sized<bytes, alignment> make(std::uint32_t value) {
    return sized<bytes, alignment>(value);
  }
};
template <class Allocator>
struct element_of<std::basic_string<char, std::char_traits<char>, Allocator>> {
  static std::pmr::string make(std::uint32_t value) {
    return std::pmr::string(value % 70, 'x') + std::to_string(value).c_str();
  }
};
template <class First, class Second>
struct element_of<std::pair<First, Second>> {
  static auto make(std::uint32_t value) {
    return std::pair(element_of<std::remove_const_t<First>>::make(value),
                     element_of<Second>::make(value / 2));
  }
};

}  // namespace nearmem
