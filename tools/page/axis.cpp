#include "tools/page/axis.hpp"

#include <algorithm>
#include <cmath>

namespace nearmem::page {
namespace {

constexpr double greatest = 1e300;

// The least round number that is no less than `step`.
double round_step(double step, unit kind) {
  if (kind == unit::bytes) return std::exp2(std::ceil(std::log2(step) - 1e-9));
  const double power = std::pow(10, std::floor(std::log10(step)));
  for (double factor : {1.0, 2.0, 5.0}) {
    if (power * factor >= step * (1 - 1e-9)) return power * factor;
  }
  return power * 10;
}

double linear_step(range shown, unit kind, std::size_t most) {
  return round_step((shown.high - shown.low) / static_cast<double>(most - 1), kind);
}

std::vector<double> linear_ticks(range shown, unit kind, std::size_t most) {
  const double step = linear_step(shown, kind, most);
  const double slack = step * 1e-6;
  std::vector<double> found;
  for (double n = std::ceil((shown.low - slack) / step); found.size() < most; ++n) {
    const double at = n * step;
    // A step too small to change the number would repeat it for ever.
    if (at > shown.high + slack || (!found.empty() && at <= found.back())) break;
    found.push_back(at + 0.0);  // no -0
  }
  return found;
}

std::vector<double> log_ticks(range shown, scale kept, std::size_t most) {
  const double base = kept == scale::log2 ? 2 : 10;
  auto exponent = [base](double value) { return std::log2(value) / std::log2(base); };
  const double first = std::ceil(exponent(shown.low) - 1e-9);
  const double last = std::floor(exponent(shown.high) + 1e-9);
  double stride = 1;
  for (double factor : {2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0}) {
    if (std::floor(last / stride) - std::ceil(first / stride) < static_cast<double>(most)) break;
    stride = factor;
  }
  std::vector<double> found;
  for (double n = std::ceil(first / stride); n <= std::floor(last / stride); ++n)
    found.push_back(std::clamp(std::pow(base, n * stride), shown.low, shown.high));
  if (kept == scale::log2 || found.empty() || found.size() * 3 > most) return found;
  // Few decades: 2 and 5 of each as well.
  std::vector<double> finer;
  for (double n = first - 1; n <= last; ++n) {
    for (double factor : {1.0, 2.0, 5.0}) {
      const double at = std::pow(10, n) * factor;
      if (at >= shown.low * (1 - 1e-9) && at <= shown.high * (1 + 1e-9)) finer.push_back(at);
    }
  }
  return finer.size() <= most ? finer : found;
}

}  // namespace

bool is_placeable(double value, scale kept) noexcept {
  if (!std::isfinite(value) || std::abs(value) > greatest) return false;
  return kept == scale::linear || value >= 1 / greatest;
}

std::optional<range> range_of(std::span<const double> values, scale kept) {
  std::optional<range> found;
  for (double value : values) {
    if (!is_placeable(value, kept)) continue;
    if (!found) found = range{value, value};
    found->low = std::min(found->low, value);
    found->high = std::max(found->high, value);
  }
  return found;
}

range shown_range(const axis& of, std::optional<range> plotted) {
  range shown = plotted.value_or(of.kept == scale::linear ? range{0, 1} : range{1, 10});
  if (of.low && is_placeable(*of.low, of.kept)) shown.low = *of.low;
  if (of.high && is_placeable(*of.high, of.kept)) shown.high = *of.high;
  if (of.kept == scale::linear) {
    const double magnitude = std::max(std::abs(shown.low), std::abs(shown.high));
    // Closer than numbers of this magnitude can tell apart along an axis.
    if (!(shown.high - shown.low > magnitude * 1e-9)) {
      const double wider = magnitude == 0 ? 1 : std::min(magnitude / 2, greatest / 4);
      shown.high = shown.low + wider;
    }
  } else if (!(shown.high > shown.low * (1 + 1e-9))) {
    shown.high = std::min(shown.low * 2, greatest);
    shown.low = std::max(shown.low / 2, 1 / greatest);
  }
  return shown;
}

std::vector<double> ticks(range shown, scale kept, unit kind, std::size_t most) {
  if (kept != scale::linear) {
    std::vector<double> found = log_ticks(shown, kept, most);
    if (found.size() >= 2) return found;
  }
  return linear_ticks(shown, kind, most);
}

range rounded_out(range shown, scale kept, unit kind, std::size_t most) {
  if (kept != scale::linear) return shown;
  const double step = linear_step(shown, kind, most);
  return {std::floor(shown.low / step + 1e-6) * step, std::ceil(shown.high / step - 1e-6) * step};
}

}  // namespace nearmem::page
