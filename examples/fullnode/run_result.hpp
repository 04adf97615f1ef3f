#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "examples/fullnode/full_node.hpp"
#include "examples/fullnode/life_report.hpp"
#include "examples/fullnode/run_cycles.hpp"
#include "examples/fullnode/run_sample.hpp"

namespace nearmem::fullnode {

// What one quarter of a run came to: at most, and as sums over its samples, for the mean.
struct run_quarter {
  std::size_t samples = 0;    // that fell into it; with none, the rest says nothing
  std::size_t footprint = 0;  // of all components
  std::size_t resident = 0;   // of the process
  std::size_t footprint_sum = 0;
  std::size_t resident_sum = 0;
  cycle_means cycles;  // whose middle lies in it

  // Only with samples.
  std::size_t mean_footprint() const noexcept { return footprint_sum / samples; }
  std::size_t mean_resident() const noexcept { return resident_sum / samples; }
};

// What a run came to.
struct run_result {
  run_sample last;  // at the end of the load, before the node let go
  node_counts counts;
  double transactions_per_second = 0;
  std::size_t peak_footprint = 0;  // of all components, at a sample
  std::size_t peak_resident = 0;   // of the process, at a sample
  // Between the least and the most of RSS - accounted at a sample, once the first quarter had
  // passed; empty where there were no two.
  std::optional<std::size_t> resident_spread;
  std::size_t samples = 0;
  // Four, by transactions or by time; none where the run's end was not known.
  std::vector<run_quarter> quarters;
  // Empty where they have too few whole cycles.
  std::optional<quarters_difference> last_against_second;
  bool was_stopped = false;  // before its end, by run_options::stop
  // After the load: when all waiting ones had gone, coins were flushed and free chunks given back.
  std::size_t idle_footprint = 0;
  std::optional<std::size_t> idle_resident;
  std::vector<identity> identities;

  const identity* broken() const noexcept {
    for (const identity& each : identities) {
      if (!each.holds) return &each;
    }
    return nullptr;
  }
};

}  // namespace nearmem::fullnode
