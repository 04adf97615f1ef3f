#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include <nearmem/topology/machine.hpp>

namespace nearmem::measure {

// Two threads on two CPUs, with memory between them. The memory begins at a multiple of 512 bytes.
// Empty where a thread cannot be run on its CPU. Throws std::system_error.

// Nanoseconds for a line to go to the other core and come back, over `rounds` of them: each thread
// waits for the other's number and writes the next. NaN where one of them lost its CPU meanwhile,
// however often it was tried.
std::optional<double> round_trip(const machine& where, unsigned first, unsigned second,
                                 std::span<std::byte> memory, std::size_t rounds);

// Nanoseconds an increment, where each thread adds to a counter of its own, atomically, `times`
// times: the first at the memory's beginning, the second `distance` bytes behind it. NaN where the
// two did not run at the same time, however often it was tried. Requires a distance of whole words
// within the memory.
std::optional<double> increments_apart(const machine& where, unsigned first, unsigned second,
                                       std::span<std::byte> memory, std::size_t distance,
                                       std::size_t times);

}  // namespace nearmem::measure
