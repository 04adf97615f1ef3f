#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include <nearmem/topology/address_range.hpp>

namespace nearmem {

// Resident bytes within `ranges` by the text of /proc/self/smaps. See resident_bytes().
//
// Private to topology/. Thread rule: any.
std::size_t resident_bytes_in(std::string_view smaps, std::span<const address_range> ranges);
// The same of what was moved to swap. See swapped_bytes().
std::size_t swapped_bytes_in(std::string_view smaps, std::span<const address_range> ranges);
// The same of what lies in huge pages. See huge_page_bytes().
std::size_t huge_page_bytes_in(std::string_view smaps, std::span<const address_range> ranges);

}  // namespace nearmem
