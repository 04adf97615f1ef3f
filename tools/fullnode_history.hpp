#pragma once

#include <cstddef>
#include <vector>

#include "examples/fullnode/run_sample.hpp"

namespace nearmem::tools {

// A run's samples, evenly spaced and at most `most` and the newest however long the run: when there
// are more, every second one is dropped, and of those that follow as many are left out.
//
// Thread rule: one thread at a time.
class fullnode_history {
 public:
  static constexpr std::size_t most = 1024;

  // O(1) amortised, but for copying the sample.
  void add(const fullnode::run_sample& sample);

  // Ascending in time; the first and the newest are always among them.
  const std::vector<fullnode::run_sample>& samples() const noexcept { return samples_; }

 private:
  std::vector<fullnode::run_sample> samples_;
  std::size_t stride_ = 1;  // one in so many is kept
  std::size_t seen_ = 0;
  bool last_is_kept_ = false;  // false: only because it is the newest
};

}  // namespace nearmem::tools
