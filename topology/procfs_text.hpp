#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nearmem/topology/address_range.hpp>
#include <nearmem/topology/node_set.hpp>

namespace nearmem {

// The grammars of the files that procfs.cpp reads, apart from the reading, so that any text can be
// fed to them. Private to topology/. Thread rule: any; nothing is kept.

// A decimal number with white space around it; empty on anything else or beyond size_t.
std::optional<std::size_t> parse_number(std::string_view text);

// What follows `key` and a colon on the line of `text` that begins so, without white space around
// it ("Mems_allowed_list:\t0-1"); empty if there is no such line.
std::optional<std::string_view> find_field(std::string_view text, std::string_view key);

// A number of KiB, as meminfo, status and smaps state it ("  128 kB"), in bytes.
std::optional<std::size_t> parse_kib(std::string_view text);

// The chosen one of "always [madvise] never"; "" where none is.
std::string_view parse_choice(std::string_view text);

// The bound of a memory cgroup: "max", and version 1's largest multiple of a page, are none.
std::optional<std::size_t> parse_memory_bound(std::string_view text);

// The files that bound this process's memory, from its own cgroup up to the root of the mount, for
// version 2 ("memory.max") and version 1 ("memory.limit_in_bytes"), from the texts of
// /proc/self/cgroup and /proc/self/mountinfo.
std::vector<std::string> memory_bound_files(std::string_view cgroups, std::string_view mounts);

// Resident bytes within `ranges` by the text of /proc/self/smaps. See resident_bytes().
std::size_t resident_bytes_in(std::string_view smaps, std::span<const address_range> ranges);

}  // namespace nearmem
