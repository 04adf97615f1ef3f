#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include <nearmem/topology/machine.hpp>

#include "tools/kernels/streaming.hpp"

namespace nearmem::measure {

// MiB per second that threads on these CPUs move together, each in a part of the memory of its own;
// empty where a thread cannot be run on its CPU. The time is from when the
// first begins until the last ends.
std::optional<double> joint_bandwidth(const machine& where, std::span<const unsigned> cpus,
                                      streaming what, std::span<std::byte> memory);

}  // namespace nearmem::measure
