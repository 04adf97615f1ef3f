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
  constexpr double enough = 7;  // samples
  const double share = direction == better::lower ? far / best - 1 : best / far - 1;
  const double few = std::max(enough / static_cast<double>(std::max<std::size_t>(samples, 1)), 1.0);
  return std::max(share * few * few, samples < 3 ? 1.0 : 0.02);
}

double figure::worst() const noexcept {
  return direction == better::lower ? best * (1 + spread()) : best / (1 + spread());
}

std::optional<figure> make_figure(std::vector<double> samples, better direction) {
  const auto is_bad = [](double sample) { return !std::isfinite(sample) || sample <= 0; };
  if (samples.empty() || std::any_of(samples.begin(), samples.end(), is_bad)) return std::nullopt;
  std::sort(samples.begin(), samples.end());
  const bool low = direction == better::lower;
  const std::size_t beyond = samples.size() / 10;  // samples that may be worse than `far`
  return figure{.best = low ? samples.front() : samples.back(),
                .median = quantile(samples, 0.5),
                .lower_quartile = quantile(samples, 0.25),
                .upper_quartile = quantile(samples, 0.75),
                .far = low ? samples[samples.size() - 1 - beyond] : samples[beyond],
                .samples = samples.size(),
                .direction = direction};
}

}  // namespace nearmem::measure
