#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "tools/measure/probe.hpp"

namespace nearmem::measure {

// How long to go on.
struct round_limits {
  std::size_t least = 3;   // whatever the time
  std::size_t enough = 5;  // for as many, half as much time again may be taken
  std::size_t most = 15;
  std::chrono::nanoseconds time{std::chrono::seconds(60)};  // no round begins that would go beyond
};

// Rounds that were run, and the parts with their figures, in the order of the probes.
struct rounds_run {
  std::size_t rounds = 0;
  std::vector<part_report> parts{};
};

// Runs every probe once in each round, in an order drawn anew for each, so that whatever changes
// meanwhile changes all of them alike. A first round is not counted: it warms up, and finds how
// much work a pass takes. `clock` is another one in tests; `progress` is told the share that is
// done after each probe.
rounds_run run_rounds(std::vector<probe>& probes, const round_limits& limits, std::uint64_t seed,
                      const std::function<void(double)>& progress,
                      const std::function<std::chrono::steady_clock::time_point()>& clock =
                          std::chrono::steady_clock::now);

}  // namespace nearmem::measure
