#pragma once

#include <cstddef>

namespace nearmem {

// Bytes in a row, whoever owns them.
struct address_range {
  const void* begin = nullptr;
  std::size_t bytes = 0;
};

}  // namespace nearmem
