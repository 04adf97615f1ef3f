#include "tools/kernels/spin.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

#include "tools/kernels/stopwatch.hpp"

namespace nearmem::measure {

double spin(std::size_t tries) noexcept {
  constexpr std::size_t operations = 100'000;
  double least = std::numeric_limits<double>::max();
  std::uint64_t value = 1;
  for (std::size_t i = 0; i < std::max<std::size_t>(tries, 1); ++i) {
    least = std::min(least, nanoseconds_of([&] {
                       for (std::size_t step = 0; step < operations; ++step) {
                         value = value * 6364136223846793005 + 1442695040888963407;
                         keep(value);
                       }
                     }));
  }
  return least / static_cast<double>(operations);
}

}  // namespace nearmem::measure
