#pragma once

#include <cstdint>
#include <string>

#include "tools/measure/figure.hpp"

namespace nearmem::measure {

// What can be said of two figures of one kind.
enum class difference : std::uint8_t {
  differ,     // by more than is tolerated, and by more than the noise
  same,       // the difference and the noise are both within what is tolerated
  undecided,  // the noise exceeds the effect
};

// Two figures side by side. Shares are compared as ratios: half the time is as large an effect as
// twice the time.
struct comparison {
  double effect = 0;  // by what share the second is worse than the first; below 0: better
  double noise = 0;   // the spreads of both, added as independent errors are
  difference what = difference::undecided;

  // The effect without its direction: by what share the worse one is worse.
  double size() const noexcept;
  // "noise 12 % exceeds effect 3 %".
  std::string why_undecided() const;
};

// `tolerance` is the share up to which a difference matters to nobody. Fewer than three samples
// decide nothing.
comparison compare(const figure& first, const figure& second, double tolerance) noexcept;

// "12 %", "3.4 %", "210 %": two digits.
std::string show_share(double share);

}  // namespace nearmem::measure
