#include "tools/page/scaling.hpp"

#include <algorithm>
#include <cmath>

namespace nearmem::page {

scaling::scaling(range shown, scale kept, double at_low, double at_high)
    : shown_(shown), kept_(kept), at_low_(at_low), at_high_(at_high) {}

double scaling::bent(double value) const {
  return kept_ == scale::linear ? value : std::log2(value);
}

std::optional<double> scaling::place(double value) const {
  if (!(value >= shown_.low && value <= shown_.high)) return std::nullopt;
  return place_inside(value);
}

std::optional<double> scaling::place_inside(double value) const {
  if (!is_placeable(value, kept_)) return std::nullopt;
  const double low = bent(shown_.low);
  const double part =
      (bent(std::clamp(value, shown_.low, shown_.high)) - low) / (bent(shown_.high) - low);
  return at_low_ + part * (at_high_ - at_low_);
}

}  // namespace nearmem::page
