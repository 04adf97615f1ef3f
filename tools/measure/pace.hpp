#pragma once

#include <cmath>
#include <cstddef>
#include <optional>

namespace nearmem::measure {

// How often to do something so that a pass lasts long enough to be timed: found at the first pass,
// kept for all others, so that all samples are of the same work.
//
// Thread rule: one owner.
class pace {
 public:
  explicit pace(double nanoseconds) noexcept : wanted_(nanoseconds) {}

  // `run(times)` does it so often and returns nanoseconds for each; nothing or NaN, which are
  // passed on.
  template <class Run>
  std::optional<double> operator()(Run run) {
    constexpr std::size_t most = std::size_t{1} << 30;
    while (!found_) {
      const std::optional<double> each = run(times_);
      if (!each || std::isnan(*each)) return each;
      const double spent = *each * static_cast<double>(times_);
      found_ = spent >= wanted_ / 4 || times_ >= most;
      if (found_ && *each > 0) {
        times_ = static_cast<std::size_t>(wanted_ / *each) + 1;
      } else {
        times_ *= 4;
      }
    }
    return run(times_);
  }

  std::size_t times() const noexcept { return times_; }

 private:
  double wanted_;
  std::size_t times_ = 256;
  bool found_ = false;
};

}  // namespace nearmem::measure
