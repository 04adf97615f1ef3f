#pragma once

#include <atomic>
#include <bitset>
#include <cstddef>
#include <span>
#include <string_view>

#include <nearmem/accounting/dynamic_usage_traits.hpp>

namespace nearmem {

// Types of the standard that own nothing: views of what others own, as pointers, and bare values.

template <class Character, class Traits>
struct dynamic_usage_traits<std::basic_string_view<Character, Traits>> : owns_no_heap {};
template <class T, std::size_t extent>
struct dynamic_usage_traits<std::span<T, extent>> : owns_no_heap {};
template <std::size_t bits>
struct dynamic_usage_traits<std::bitset<bits>> : owns_no_heap {};
// Not std::atomic<std::shared_ptr>, which owns.
template <heap_free T>
struct dynamic_usage_traits<std::atomic<T>> : owns_no_heap {};

}  // namespace nearmem
