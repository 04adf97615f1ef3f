#include <algorithm>
#include <bit>
#include <climits>

#include <nearmem/topology/stated_cache.hpp>

namespace nearmem {

cache stated_cache(unsigned level, std::size_t bytes, std::size_t line_bytes, int associativity) {
  cache found;
  found.level = level;
  found.bytes = bytes;
  if (std::has_single_bit(line_bytes) && line_bytes >= 16 && line_bytes <= 4096) {
    found.line_bytes = line_bytes;
  }
  if (associativity > 0) {
    found.ways = static_cast<unsigned>(associativity);
  } else if (associativity < 0 && found.line_bytes != 0) {
    // Fully associative: one set.
    found.ways = static_cast<unsigned>(std::min<std::size_t>(bytes / found.line_bytes, UINT_MAX));
  }
  return found;
}

}  // namespace nearmem
