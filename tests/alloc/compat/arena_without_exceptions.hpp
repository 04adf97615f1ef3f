#pragma once

#include <cstddef>

namespace nearmem {

// 50 allocations of 10 bytes and 50 aligned ones of 16, from a LevelDB arena in a file without
// exceptions.
std::size_t usage_of_a_hundred_allocations();

}  // namespace nearmem
