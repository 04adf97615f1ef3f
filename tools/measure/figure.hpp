#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace nearmem::measure {

// Which of two samples disturbances leave alone: a time is only ever too long, a rate too low.
enum class better : std::uint8_t { lower, higher };

// What came of timing the same thing several times: the best sample, as everything that disturbs
// makes it worse, and how the others lie.
struct figure {
  double best = 0;
  double median = 0;
  double lower_quartile = 0;
  double upper_quartile = 0;
  std::size_t samples = 0;
  better direction = better::lower;

  // The dispersion, as a share of the best: three samples of four are no further from it. 1 for
  // fewer than three samples, which tell nothing.
  double spread() const noexcept;
};

// Empty without samples, and where one is not a positive number. O(n log n).
std::optional<figure> make_figure(std::vector<double> samples, better direction);

}  // namespace nearmem::measure
