#include "tools/measure/comparison.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace nearmem::measure {

double comparison::size() const noexcept {
  return effect >= 0 ? effect : 1 / (1 + effect) - 1;
}

std::string comparison::why_undecided() const {
  return fmt::format("noise {} exceeds effect {}", show_share(noise), show_share(size()));
}

comparison compare(const figure& first, const figure& second, double tolerance) noexcept {
  comparison result;
  result.effect = first.direction == better::lower ? second.best / first.best - 1
                                                   : first.best / second.best - 1;
  result.noise = std::expm1(std::hypot(std::log1p(first.spread()), std::log1p(second.spread())));
  const double size = result.size();
  if (std::min(first.samples, second.samples) < 3) return result;
  if (size > tolerance && size > result.noise) {
    result.what = difference::differ;
  } else if (size <= tolerance && result.noise <= tolerance) {
    result.what = difference::same;
  }
  return result;
}

std::string show_share(double share) {
  const double percent = share * 100;
  return std::abs(percent) < 9.95 ? fmt::format("{:.1f} %", percent)
                                  : fmt::format("{:.0f} %", percent);
}

}  // namespace nearmem::measure
