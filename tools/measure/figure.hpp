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
  double far = 0;  // nine samples of ten are no worse; of fewer than ten, the worst
  std::size_t samples = 0;
  better direction = better::lower;

  // The dispersion: by what share `far` is worse than the best, widened where samples are few, as
  // those may lie close together by chance. At least 0.02, as runs differ in what all rounds of one
  // have in common; at least 1 for fewer than three samples, which tell nothing.
  double spread() const noexcept;
  // The best, made worse by the spread.
  double worst() const noexcept;
};

// Empty without samples, and where one is not a positive number. O(n log n).
std::optional<figure> make_figure(std::vector<double> samples, better direction);

}  // namespace nearmem::measure
