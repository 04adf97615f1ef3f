#pragma once

#include <functional>
#include <optional>
#include <string>

#include "tools/measure/report.hpp"

namespace nearmem::measure {

// One thing to be timed, again and again. `pass` times it once and gives the sample, in the unit of
// its part; NaN where this pass came to nothing, empty where it cannot be timed at all, which ends
// it. Without `pass`, what.not_measured says why.
struct probe {
  part of = part::latency;
  row what{};
  better direction = better::lower;
  std::function<std::optional<double>()> pass{};
};

// Told around every pass from one node to another, by the thread that times it; counts accesses in
// tests.
class cell_observer {
 public:
  virtual ~cell_observer() = default;
  virtual void begins(part what, unsigned from, unsigned to) = 0;
  virtual void ends() = 0;
};

}  // namespace nearmem::measure
