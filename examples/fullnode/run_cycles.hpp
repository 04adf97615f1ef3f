#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "examples/fullnode/run_sample.hpp"
#include "examples/fullnode/running_mean.hpp"

namespace nearmem::fullnode {

// Whole cycles of a quarter: each one's mean counts once.
struct cycle_means {
  running_mean footprint;                // of all components
  running_mean resident;                 // of the process, where the kernel says
  std::vector<running_mean> components;  // footprint of each, in the samples' order
};

// The last quarter of a run against the second, over whole cycles.
struct quarters_difference {
  mean_difference footprint;
  std::optional<mean_difference> resident;
  std::string most;  // the component that rose most; empty where none did

  bool is_growth() const noexcept {
    return footprint.is_growth() || (resident && resident->is_growth());
  }
};

// What a node takes over whole cycles of its coins, quarter by quarter of a run.
//
//   footprint    ╱│  ╱│  ╱│  ╱│  ╱│  ╱│
//              ╱  │╱  │╱  │╱  │╱  │╱  │╱     coins gather until they are flushed
//     cycles       ├──┼───┼───┼───┼───┤      from flush to flush
//            ── second ──┤── third ──        a cycle belongs where its middle lies
//
// What a quarter comes to at most, and in the mean of its samples, depends on where in a cycle the
// samples fell and the quarter ends. The mean over a cycle does not: it is taken over transactions,
// between looks as a straight line, so that neither the speed of the run nor how often it is looked
// at changes it. What grows without end is in every cycle's mean, wherever it grows.
//
// Thread rule: one thread at a time.
class run_cycles {
 public:
  static constexpr std::size_t quarters = 4;
  static constexpr std::size_t least_cycles = 3;  // that say something, of a quarter

  // Looks at a sample; `progress` is the part of the run that is over, from 0 to 1.
  void look(const run_sample& now, double progress);

  const cycle_means& of_quarter(std::size_t number) const { return quarters_.at(number); }
  // Nothing where one of the two has too few cycles.
  std::optional<quarters_difference> last_against_second() const;

 private:
  // One look's bytes: what an area below a curve is made of.
  struct reading {
    double transactions = 0;
    double footprint = 0;
    std::optional<double> resident;
    std::vector<double> components;
  };
  // Bytes times transactions since the cycle began.
  struct area {
    double transactions = 0;
    double footprint = 0;
    double resident = 0;
    bool resident_is_known = true;
    std::vector<double> components;
  };

  static reading reading_of(const run_sample& now);
  void widen(const reading& now);
  void close(double progress);

  std::array<cycle_means, quarters> quarters_;
  bool has_begun_ = false;  // a flush was seen: what came before was no whole cycle
  std::uint64_t flushed_ = 0;
  double began_at_ = 0;  // progress
  double looked_at_ = 0;
  std::optional<reading> last_;
  area since_;
};

}  // namespace nearmem::fullnode
