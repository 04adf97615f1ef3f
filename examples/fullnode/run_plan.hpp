#pragma once

#include <cstdint>

#include "examples/fullnode/run_options.hpp"
#include "examples/fullnode/transaction_maker.hpp"

namespace nearmem::fullnode {

// What comes to a node in a scenario, and when.
struct run_plan {
  std::uint64_t block_every = 2'000;         // arrivals
  std::uint64_t block_transactions = 1'900;  // at most; less than arrive: so the mempool fills
  std::uint64_t orphans_per_mille = 10;      // children that come before their parents
  std::uint64_t lost_per_mille = 100;        // of those, whose parents never come
  std::uint64_t conflicts_per_mille = 5;     // spend what another has just spent
  std::uint64_t reorganise_every = 0;        // blocks; 0: never
  std::uint64_t reorganise_depth = 3;        // blocks that are undone
  double flood_until = 0;                    // of the run: until then nobody makes blocks
  transaction_maker::fees paid{};
  transaction_maker::fees paid_in_flood{1, 5};
};

constexpr run_plan plan_of(scenario what) noexcept {
  run_plan plan;
  switch (what) {
    case scenario::steady:
    case scenario::ibd:
      break;
    case scenario::flood:
      plan.flood_until = 2.0 / 3;
      plan.orphans_per_mille = 0;
      plan.block_every = 500;  // it empties when the flood is over
      break;
    case scenario::reorg:
      plan.reorganise_every = 10;
      break;
    case scenario::orphans:
      plan.orphans_per_mille = 500;
      plan.lost_per_mille = 500;
      break;
  }
  return plan;
}

}  // namespace nearmem::fullnode
