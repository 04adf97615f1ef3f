#pragma once

#include <cstddef>

namespace nearmem {

// What the loaded library offers, by the name "loaded_arenas".
struct loaded_arenas {
  void (*allocate)(std::size_t bytes);  // on the calling thread
  std::size_t (*charged)();
  std::size_t (*shards)();
};

}  // namespace nearmem
