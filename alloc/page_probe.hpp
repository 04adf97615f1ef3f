#pragma once

#include <nearmem/alloc/kernel.hpp>
#include <nearmem/alloc/page_policy.hpp>
#include <nearmem/topology/binding_outcome.hpp>
#include <nearmem/topology/machine.hpp>
#include <nearmem/topology/placement.hpp>

namespace nearmem {

// What a placement comes to here, found by doing it to one page of its own. Nothing else answers
// it: a container that forbids mbind still has libnuma say that NUMA is available.
// Microseconds. Thread rule: any.
binding_outcome probe_placement(kernel& calls, const machine& hardware, const page_policy& policy,
                                const placement& where) noexcept;

// By how many low bits of their numbers this kernel has pages take turns: 64, or 32 before Linux
// 6.7 (see page_spread). Interleaves a few pages of its own where that makes a difference: over
// three nodes or more. 64 where it cannot be found out. Microseconds. Thread rule: any.
unsigned probe_turn_bits(kernel& calls, const page_policy& policy) noexcept;

}  // namespace nearmem
