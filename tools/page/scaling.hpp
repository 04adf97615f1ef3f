#pragma once

#include <optional>

#include "tools/page/axis.hpp"

namespace nearmem::page {

// Where values of a range lie between two ends in pixels, `at_low` and `at_high`; either may be the
// greater, as a picture's rows are counted downwards.
class scaling {
 public:
  // Requires shown.low < shown.high, both placeable on the scale.
  scaling(range shown, scale kept, double at_low, double at_high);

  // The pixel of a value; nothing where the value has no place on the scale or lies outside of the
  // range.
  std::optional<double> place(double value) const;
  // The same with a value outside of the range at its nearer end.
  std::optional<double> place_inside(double value) const;

  range shown() const { return shown_; }

 private:
  double bent(double value) const;

  range shown_;
  scale kept_;
  double at_low_;
  double at_high_;
};

}  // namespace nearmem::page
