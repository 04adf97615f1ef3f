#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include <nearmem/alloc/page_source.hpp>

#include "examples/fullnode/full_node.hpp"
#include "examples/fullnode/identity_list.hpp"
#include "examples/fullnode/leak_detector.hpp"
#include "examples/fullnode/run_cycles.hpp"
#include "examples/fullnode/run_options.hpp"
#include "examples/fullnode/run_result.hpp"
#include "examples/fullnode/run_sample.hpp"

namespace nearmem::fullnode {

// Looks at a node in intervals, checks what has to be true at every look, keeps the extremes, and
// shows each look to an observer.
//
// Thread rule: one thread at a time, while no other changes the node.
class run_watch {
 public:
  // All must outlive it. `observer` may be empty.
  run_watch(full_node& node, const run_options& options, const run_observer& observer);

  // True if a look is due after so many arrived transactions.
  bool is_due(std::uint64_t transactions) const;
  // Looks. `progress` is the part of the run that is over, from 0 to 1.
  void look(std::uint64_t transactions, double progress);
  // After the load, when the node has let go of all it may.
  void look_idle();

  double seconds() const;
  const run_sample& last() const noexcept { return last_; }
  identity_list& identities() noexcept { return identities_; }
  // Hands over all that was seen; ends the watch.
  run_result finish();

 private:
  using clock = std::chrono::steady_clock;

  run_sample take(std::uint64_t transactions);
  void check(const run_sample& now);
  void keep_extremes(const run_sample& now, double progress);

  full_node& node_;
  const run_options& options_;
  const run_observer& observer_;
  page_source& pages_ = page_source::process();
  clock::time_point start_ = clock::now();
  clock::time_point looked_ = start_;
  run_sample last_;
  leak_detector leaks_;
  run_cycles cycles_;
  identity_list identities_;
  run_result result_;
  std::size_t least_other_ = SIZE_MAX;  // RSS - accounted
  std::size_t most_other_ = 0;
  std::size_t others_ = 0;  // looks at it
};

}  // namespace nearmem::fullnode
