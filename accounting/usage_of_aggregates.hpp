#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include <nearmem/accounting/dynamic_usage_traits.hpp>

namespace nearmem {

// Types that hold others by value: their members' blocks are their own.

template <class T, std::size_t size>
struct dynamic_usage_traits<std::array<T, size>> {
  static constexpr bool owns_nothing = heap_free<T> || size == 0;

  template <class Sum>
  static void blocks(const std::array<T, size>& x, Sum& sum) {
    require_dynamic_usage<T>();
    if constexpr (!owns_nothing) {
      for (const T& element : x)
        add_blocks(element, sum);
    }
  }
  template <class Visit>
  static void elements(const std::array<T, size>& x, Visit& visit) {
    if constexpr (!owns_nothing) {
      for (const T& element : x)
        visit_elements(element, visit);
    }
  }
};

// References own nothing and are not covered.
template <class First, class Second>
  requires(!std::is_reference_v<First> && !std::is_reference_v<Second>)
struct dynamic_usage_traits<std::pair<First, Second>> {
  static constexpr bool owns_nothing = heap_free<First> && heap_free<Second>;

  static auto members(const std::pair<First, Second>& x) { return std::tie(x.first, x.second); }
};

template <class... Members>
  requires(!std::is_reference_v<Members> && ...)
struct dynamic_usage_traits<std::tuple<Members...>> {
  static constexpr bool owns_nothing = (heap_free<Members> && ...);

  static const std::tuple<Members...>& members(const std::tuple<Members...>& x) { return x; }
};

template <class T>
struct dynamic_usage_traits<std::optional<T>> {
  static constexpr bool owns_nothing = heap_free<T>;

  template <class Sum>
  static void blocks(const std::optional<T>& x, Sum& sum) {
    require_dynamic_usage<T>();
    if (x) add_blocks(*x, sum);
  }
  template <class Visit>
  static void elements(const std::optional<T>& x, Visit& visit) {
    if (x) visit_elements(*x, visit);
  }
};

template <>
struct dynamic_usage_traits<std::monostate> : owns_no_heap {};

template <class... Alternatives>
struct dynamic_usage_traits<std::variant<Alternatives...>> {
  static constexpr bool owns_nothing = (heap_free<Alternatives> && ...);

  template <class Sum>
  static void blocks(const std::variant<Alternatives...>& x, Sum& sum) {
    if (x.valueless_by_exception()) return;
    std::visit([&sum](const auto& held) { add_blocks(held, sum); }, x);
  }
  template <class Visit>
  static void elements(const std::variant<Alternatives...>& x, Visit& visit) {
    if (x.valueless_by_exception()) return;
    std::visit([&visit](const auto& held) { visit_elements(held, visit); }, x);
  }
};

}  // namespace nearmem
