#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nearmem {

// Where the kernel keeps the memory bounds of a process's control groups, and how it spells them.
// Private to topology/. Thread rule: any; nothing is kept.

// The bound of a memory cgroup: "max", and version 1's largest multiple of a page, are none.
std::optional<std::size_t> parse_memory_bound(std::string_view text);

// The files that bound this process's memory, from its own cgroup up to the root of the mount, for
// version 2 ("memory.max") and version 1 ("memory.limit_in_bytes"), from the texts of
// /proc/self/cgroup and /proc/self/mountinfo.
std::vector<std::string> memory_bound_files(std::string_view cgroups, std::string_view mounts);

}  // namespace nearmem
