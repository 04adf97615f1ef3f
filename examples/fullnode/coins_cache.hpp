#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory_resource>
#include <unordered_map>

#include "examples/fullnode/coin.hpp"
#include "examples/fullnode/outpoint.hpp"
#include "examples/fullnode/transaction.hpp"

namespace nearmem::fullnode {

// The coins that a node knows: output → coin.
//
//   coins_ ── bucket array
//          └─ nodes: outpoint, coin ── script       all in one resource's memory
//
// Invariants (audit() recomputes them)
//  1. dynamic_usage() == what a walk over all coins sums up. It is kept as node code keeps it:
//     a coin's share is added when it comes and subtracted when it goes.
//  2. No coin is unspendable.
//
// Thread rule: one thread at a time.
class coins_cache {
 public:
  using table = std::pmr::unordered_map<outpoint, coin, outpoint_hash>;

  // What a transaction did to the coins.
  struct change {
    std::size_t spent = 0;        // inputs whose coin was here
    std::size_t missing = 0;      // inputs whose coin was not: older than the first block read
    std::size_t added = 0;        // outputs that became coins
    std::size_t unspendable = 0;  // outputs that cannot
  };

  // `salt` goes into the table's hash.
  explicit coins_cache(std::pmr::memory_resource& memory, std::uint64_t salt = 0);

  // Spends the transaction's inputs, so far as their coins are here, and adds its outputs. A coin
  // that is there already is replaced (two coinbases of 2010 had the ids of earlier ones). O(inputs
  // + outputs), but O(coins) when the table grows.
  change connect(const transaction& confirmed, std::uint32_t height);

  // The coin of an output, or nullptr. O(1).
  const coin* find(const outpoint& point) const;
  std::size_t size() const noexcept { return coins_.size(); }

  // Bytes that the coins are charged, scripts included. O(1).
  std::size_t dynamic_usage() const;
  const table& coins() const noexcept { return coins_; }
  // False if an invariant is broken. O(coins).
  bool audit() const;

 private:
  void erase(table::iterator at);

  table coins_;
  std::size_t script_bytes_ = 0;  // sum over coins_ of dynamic_usage(coin)
};

}  // namespace nearmem::fullnode
