#pragma once

#include <cmath>
#include <cstddef>

namespace nearmem::fullnode {

// The mean of values that come one by one, and by how much chance may have it off. By Welford's
// recurrence, which does not lose digits where values are large and alike.
//
// Thread rule: one thread at a time.
class running_mean {
 public:
  void add(double value) noexcept {
    ++count_;
    const double before = value - mean_;
    mean_ += before / static_cast<double>(count_);
    squares_ += before * (value - mean_);
  }

  std::size_t count() const noexcept { return count_; }
  double value() const noexcept { return mean_; }  // 0 without any
  // The square of the mean's standard error; 0 where fewer than two values tell of none.
  double squared_error() const noexcept {
    if (count_ < 2) return 0;
    const auto count = static_cast<double>(count_);
    return squares_ / (count - 1) / count;
  }

 private:
  std::size_t count_ = 0;
  double mean_ = 0;
  double squares_ = 0;  // sum of squared distances to the mean
};

// By how much one mean is above another, and the standard error of that. Unlike values on both
// sides differ by chance; only beyond twice the error it is more than that, at odds of 40 to 1.
struct mean_difference {
  double value = 0;
  double error = 0;

  bool is_growth() const noexcept { return value > 2 * error; }
};

inline mean_difference operator-(const running_mean& of, const running_mean& from) noexcept {
  return {of.value() - from.value(), std::sqrt(of.squared_error() + from.squared_error())};
}

}  // namespace nearmem::fullnode
