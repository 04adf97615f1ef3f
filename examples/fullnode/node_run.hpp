#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <mutex>
#include <span>

#include "examples/fullnode/full_node.hpp"
#include "examples/fullnode/run_options.hpp"
#include "examples/fullnode/run_plan.hpp"
#include "examples/fullnode/run_result.hpp"
#include "examples/fullnode/run_watch.hpp"
#include "examples/fullnode/transaction_maker.hpp"
#include "examples/fullnode/wallet.hpp"

namespace nearmem::fullnode {

// A node under a load.
//
//   thread ─► maker ─ bytes ─► peer's buffer ─ transaction ─► node_ (under mutex_) ─► memtable
//   thread ─► maker ─ bytes ─► peer's buffer ─ transaction ─► node_ (under mutex_) ─► memtable
//                ▲ coins                                        │ confirmed, evicted
//                └──────────────────── wallet_ ◄────────────────┘
//
// With one thread a run is the same every time, but for what is counted by the clock.
//
// Thread rule: one thread calls; the run makes the others, and ends them.
class node_run {
 public:
  // Throws database_error, budget_too_small and input_error.
  explicit node_run(const run_options& options);
  ~node_run();
  node_run(const node_run&) = delete;
  node_run& operator=(const node_run&) = delete;

  // Once only. Throws what the constructor does, and what `observer` does.
  run_result run(const run_observer& observer);

 private:
  struct leaked_block {
    leaked_block* before;
  };
  static constexpr std::size_t leaked_bytes = 96;

  void fund();
  void live_on_blocks(run_watch& watch);
  void live_on_transactions(run_watch& watch);
  void work(std::size_t thread, run_watch& watch);
  // One transaction, or a few that belong together, as the plan wants it.
  void arrive_some(transaction_maker& maker, sha256& hasher, std::size_t thread, run_watch& watch);
  arrival deliver(std::span<const std::byte> bytes, std::size_t peer, sha256& hasher,
                  run_watch& watch);
  // All under mutex_.
  void after_arrival(run_watch& watch);
  void make_block(std::size_t transactions);
  void reorganise();
  void leak();
  void wind_down(run_watch& watch);

  bool is_over(const run_watch& watch) const;
  double progress(const run_watch& watch) const;
  bool in_flood(const run_watch& watch) const { return progress(watch) < plan_.flood_until; }

  run_options options_;
  run_plan plan_;
  wallet wallet_;
  full_node node_;
  std::mutex mutex_;  // of node_ but for peers and memtable
  std::atomic<std::uint64_t> transactions_{0};
  std::atomic<bool> failed_{false};
  std::exception_ptr failure_;  // the first, under mutex_
  std::uint64_t blocks_since_reorganisation_ = 0;
  leaked_block* leaked_ = nullptr;
  bool leak_is_over_ = false;
};

}  // namespace nearmem::fullnode
