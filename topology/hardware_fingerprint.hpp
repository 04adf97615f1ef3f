#pragma once

#include <string>
#include <string_view>

namespace nearmem {

// What tells one machine from another in a topology's XML, a line each: the architecture, models
// and CPUs of packages, nodes with their memory and CPUs, caches with their geometry and CPUs.
//
// Memory counts in whole GiB, rounded up, as kernels keep more or less of it for themselves. Names,
// versions, the time and what a process may use do not count. O(length). Private to topology/.
std::string hardware_identity(std::string_view xml);

// Its hash: 16 hexadecimal digits.
std::string hardware_fingerprint(std::string_view xml);

}  // namespace nearmem
