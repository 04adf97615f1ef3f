#pragma once

#include <cstddef>

namespace nearmem::measure {

// Nanoseconds an operation of a chain that touches no memory: a core's own pace, by which a change
// of its frequency shows. The least of `tries` passes of 100,000 operations.
double spin(std::size_t tries) noexcept;

}  // namespace nearmem::measure
