#pragma once

#include <cstdint>

namespace nearmem {

// When a bin gives slabs back that have become empty.
//   when_empty  on its own, while cells are freed, as slab_tide has it
//   by_trim     only when it is told to: freeing a cell never calls the system
enum class slab_return : std::uint8_t { when_empty, by_trim };

}  // namespace nearmem
