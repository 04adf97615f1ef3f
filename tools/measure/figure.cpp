#include "tools/measure/figure.hpp"

#include <algorithm>
#include <cmath>

namespace nearmem::measure {
namespace {

// The value below which this share of sorted samples lies, between the two nearest.
double quantile(const std::vector<double>& sorted, double share) {
  const double at = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (at - static_cast<double>(below));
}

}  // namespace

double figure::spread() const noexcept {
  if (samples < 3) return 1;
  const double far = direction == better::lower ? upper_quartile : lower_quartile;
  return std::abs(far - best) / best;
}

std::optional<figure> make_figure(std::vector<double> samples, better direction) {
  const auto is_bad = [](double sample) { return !std::isfinite(sample) || sample <= 0; };
  if (samples.empty() || std::any_of(samples.begin(), samples.end(), is_bad)) return std::nullopt;
  std::sort(samples.begin(), samples.end());
  return figure{.best = direction == better::lower ? samples.front() : samples.back(),
                .median = quantile(samples, 0.5),
                .lower_quartile = quantile(samples, 0.25),
                .upper_quartile = quantile(samples, 0.75),
                .samples = samples.size(),
                .direction = direction};
}

}  // namespace nearmem::measure
