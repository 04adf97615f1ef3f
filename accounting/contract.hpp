#pragma once

#include <cstdint>

namespace nearmem {

// How much is checked at run time.
//   fast      nothing that costs on a hot path
//   checked   every contract that can be checked in O(1): sizes, alignments, owners, double frees
//   hardened  checked, and freed memory is overwritten
enum class check_level : std::uint8_t { fast, checked, hardened };

#ifndef NEARMEM_CHECKS
#define NEARMEM_CHECKS 0
#endif

// The level this build was configured for (CMake: NEARMEM_CHECKS=fast|checked|hardened).
inline constexpr check_level build_checks = static_cast<check_level>(NEARMEM_CHECKS);

// Receives what a violated contract or a refused placement has to say: one line, no newline.
// Must not throw and must not allocate from nearmem.
using diagnostic_sink = void (*)(const char* line) noexcept;

// Replaces the sink and returns the one before; nullptr, the default, is silence.
// Thread rule: any.
diagnostic_sink set_diagnostic_sink(diagnostic_sink sink) noexcept;

// Says one line to the sink, if there is one. Thread rule: any.
void diagnose(const char* line) noexcept;

// The end of a process whose caller broke a contract: says the line and aborts.
[[noreturn]] void contract_violation(const char* line) noexcept;

// Checks a caller's duty in checked builds; costs nothing in fast ones.
constexpr void expects(bool holds, const char* line) noexcept {
  if constexpr (build_checks != check_level::fast) {
    if (!holds) contract_violation(line);
  }
}

}  // namespace nearmem
