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

}  // namespace nearmem
