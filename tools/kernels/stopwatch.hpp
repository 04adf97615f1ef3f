#pragma once

#include <algorithm>
#include <chrono>
#include <span>

namespace nearmem::measure {

// Nanoseconds that `work()` took.
template <class Work>
double nanoseconds_of(Work work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin).count();
}

// From when to when a thread worked.
struct time_span {
  std::chrono::steady_clock::time_point begin{};
  std::chrono::steady_clock::time_point end{};

  double nanoseconds() const {
    return std::chrono::duration<double, std::nano>(end - begin).count();
  }
};

template <class Work>
time_span span_of(Work work) {
  time_span span;
  span.begin = std::chrono::steady_clock::now();
  work();
  span.end = std::chrono::steady_clock::now();
  return span;
}

// From the first begin to the last end.
inline time_span whole(std::span<const time_span> spans) {
  time_span all = spans.front();
  for (const time_span& each : spans) {
    all.begin = std::min(all.begin, each.begin);
    all.end = std::max(all.end, each.end);
  }
  return all;
}

// For which share of the whole all of them worked.
inline double overlap(std::span<const time_span> spans) {
  time_span common = spans.front();
  for (const time_span& each : spans) {
    common.begin = std::max(common.begin, each.begin);
    common.end = std::min(common.end, each.end);
  }
  return std::max(common.nanoseconds(), 0.0) / whole(spans).nanoseconds();
}

// Keeps a value that nothing else uses from being optimised away.
template <class Value>
void keep(Value& value) noexcept {
  asm volatile("" : "+r"(value) : : "memory");
}

}  // namespace nearmem::measure
