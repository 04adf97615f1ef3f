#pragma once

#include <chrono>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>

namespace nearmem::measure {

// How often to do something so that a go lasts long enough to be timed, found at the first pass and
// kept for all others, so that all samples are of the same work; but for a pass that finds it to be
// much too little. A pass is the best of several goes
// one after the other: what disturbs for less than a pass leaves one of them alone. A pass ends
// before its last go where it has taken four times as long as it should, on a busy machine.
//
// Thread rule: one owner.
class pace {
 public:
  static constexpr std::size_t goes = 8;

  // For each go; the first one tried is of `first` times.
  explicit pace(double nanoseconds, std::size_t first = 256) noexcept
      : wanted_(nanoseconds), times_(first) {}

  // `run(times)` does it so often and returns nanoseconds for each; nothing, which is passed on, or
  // NaN where a go came to nothing. NaN where none came to anything.
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
    using clock = std::chrono::steady_clock;
    const auto begin = clock::now();
    const std::chrono::duration<double, std::nano> patience(wanted_ * goes * 4);
    double best = std::numeric_limits<double>::quiet_NaN();
    for (std::size_t go = 0; go < goes && clock::now() - begin < patience; ++go) {
      const std::optional<double> each = run(times_);
      if (!each) return each;
      best = std::fmin(best, *each);  // the other one where one is NaN
    }
    // The first go may have been the only slow one.
    const double fitting = wanted_ / best;
    if (fitting > 4 * static_cast<double>(times_) && fitting < static_cast<double>(most)) {
      times_ = static_cast<std::size_t>(fitting) + 1;
    }
    return best;
  }

  std::size_t times() const noexcept { return times_; }

 private:
  double wanted_;
  std::size_t times_;
  bool found_ = false;
};

}  // namespace nearmem::measure
