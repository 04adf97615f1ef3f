#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nearmem/topology/mapping_node.hpp>
#include <nearmem/topology/procfs.hpp>

namespace nearmem {

// The grammars of the files that procfs.cpp reads, apart from the reading, so that any text can be
// fed to them. Private to topology/. Thread rule: any; nothing is kept.

// Takes what stands before `separator` off the front of `text`, and the separator: all of it where
// there is none.
std::string_view take_until(std::string_view& text, char separator);

// A decimal number with white space around it; empty on anything else or beyond size_t.
std::optional<std::size_t> parse_number(std::string_view text);

// What follows `key` and a colon on the line of `text` that begins so, without white space around
// it ("Mems_allowed_list:\t0-1"); empty if there is no such line.
std::optional<std::string_view> find_field(std::string_view text, std::string_view key);

// A number of KiB, as meminfo, status and smaps state it ("  128 kB"), in bytes.
std::optional<std::size_t> parse_kib(std::string_view text);

// The chosen one of "always [madvise] never"; "" where none is.
std::string_view parse_choice(std::string_view text);

// The policy on the first line of numa_maps ("55d0c000 prefer:0 file=..."), spelled as
// inherited_memory_policy() has it; "" if there is none.
std::string parse_policy(std::string_view maps);

// Every line of numa_maps ("55d0c000 prefer:0 anon=3 N0=2 N1=1"), in the file's order, which
// ascends. What is no such line is left out.
std::vector<mapping_node> parse_mapping_nodes(std::string_view maps);

// The sum over all CPUs in /proc/stat: the line "cpu  1 2 3 ...", of user, nice, system, idle,
// iowait, irq, softirq and steal.
std::optional<cpu_time> parse_cpu_time(std::string_view stat);

// The flag "hypervisor" in /proc/cpuinfo; empty where there is no line of x86's flags.
std::optional<bool> parse_hypervisor_flag(std::string_view cpuinfo);

}  // namespace nearmem
