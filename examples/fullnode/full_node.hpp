#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <nearmem/accounting/budget.hpp>

#include "examples/fullnode/block_pool.hpp"
#include "examples/fullnode/coins_store.hpp"
#include "examples/fullnode/memtable.hpp"
#include "examples/fullnode/node_config.hpp"
#include "examples/fullnode/node_database.hpp"
#include "examples/fullnode/orphan_pool.hpp"
#include "examples/fullnode/peer_buffers.hpp"
#include "examples/fullnode/prefetch_pool.hpp"
#include "examples/fullnode/resource_kind.hpp"
#include "examples/fullnode/run_sample.hpp"
#include "examples/fullnode/transaction_pool.hpp"

namespace nearmem::fullnode {

// What became of the transactions and blocks that came. Counts.
struct node_counts {
  std::uint64_t admitted = 0;
  std::uint64_t orphaned = 0;   // wait for a parent
  std::uint64_t adopted = 0;    // orphans that were admitted when their parent came
  std::uint64_t conflicts = 0;  // spend what another spends or has spent
  std::uint64_t refused = 0;    // paid too little for the room there was
  std::uint64_t known = 0;      // were here already
  std::uint64_t blocks = 0;     // connected
  std::uint64_t disconnected = 0;
  std::uint64_t confirmed = 0;      // transactions of connected blocks
  std::uint64_t coins_missing = 0;  // inputs whose coin is older than the first block
};

// What a node does with a transaction that comes.
enum class arrival {
  waits,        // in the mempool
  orphaned,     // in the orphan pool
  no_room,      // paid too little for the room there was
  turned_away,  // known, or in conflict with another
};

// A whole node's memory: every component on a budget of its own below one of the node's.
//
//   budget 'node' ─┬─ mempool ── transaction_pool    ▲ adopt            │ assemble, confirm
//                  ├─ orphans ── orphan_pool ────────┘                  ▼
//                  ├─ blocks ─── block_pool ◄── parsed ── prefetch_pool ── prefetch
//                  ├─ coins ──── coins_store ◄── connect, disconnect
//                  ├─ memtable ─ memtable ──► database ◄── flush ── coins_store
//                  └─ peers ──── peer_buffers
//
// Invariants (audit())
//  1. Those of every component.
//  2. No component's footprint is above its budget, at any instant.
//
// Thread rule: one thread at a time; peers() and memtable() by any.
class full_node {
 public:
  struct options {
    node_config config;
    resource_kind kind = resource_kind::nearmem;
    std::string folder;      // of the database
    std::uint64_t salt = 0;  // of tables' hashes
  };

  // Throws database_error, and budget_too_small.
  explicit full_node(const options& how);
  full_node(const full_node&) = delete;
  full_node& operator=(const full_node&) = delete;

  // A transaction came from a peer. Throws database_error.
  arrival arrive(const transaction& arrived, std::size_t peer);
  // Lets go what has waited too long.
  void expire();

  // A block of what pays best, with as many transactions and a coinbase of so many outputs; empty
  // if the pool has no room for it. It is connected with connect().
  pooled_block* assemble(std::size_t transactions, std::size_t coinbase_outputs);
  // Takes a stored block in; throws budget_too_small.
  pooled_block& receive(const serialized_block& stored, sha256& hasher);
  // Spends its inputs, adds its outputs, and lets what it confirms go. `last` of the pool.
  void connect(pooled_block& next);
  // Undoes the newest block, and lets its transactions wait again; false if it is not here.
  bool disconnect();

  // Is called with what goes before it is confirmed, and with what was confirmed.
  void on_eviction(std::function<void(const transaction&)> call) {
    mempool_.on_eviction(std::move(call));
  }
  void on_confirmation(std::function<void(const transaction&)> call) {
    confirmed_ = std::move(call);
  }

  transaction_pool& mempool() noexcept { return mempool_; }
  orphan_pool& orphans() noexcept { return orphans_; }
  block_pool& blocks() noexcept { return blocks_; }
  prefetch_pool& prefetch() noexcept { return prefetch_; }
  coins_store& coins() noexcept { return coins_; }
  memtable& entries() noexcept { return memtable_; }
  peer_buffers& peers() noexcept { return peers_; }
  nearmem::budget& budget() noexcept { return budget_; }
  component_memory& memory_of(part which);
  const node_counts& counts() const noexcept { return counts_; }
  std::uint64_t arrivals() const noexcept { return arrivals_; }
  std::uint32_t height() const noexcept { return height_; }

  std::vector<component_sample> sample() const;
  bool audit() const;

 private:
  component_options options_for(part which);
  enum class verdict { good, orphan, conflict };
  // Whether its coins are known and unspent; then `fee` is what they bring in and it does not pay
  // out.
  verdict judge(const transaction& arrived, std::int64_t& fee);
  bool admit(const transaction& arrived, std::int64_t fee);
  void adopt_children(const hash256& parent);
  void connect(const transaction& next, pooled_block& within);
  void disconnect(const transaction& last, pooled_block& within, std::size_t& left);

  options options_;
  nearmem::budget budget_;
  node_database database_;
  transaction_pool mempool_;
  orphan_pool orphans_;
  block_pool blocks_;
  prefetch_pool prefetch_;
  coins_store coins_;
  memtable memtable_;
  peer_buffers peers_;
  std::function<void(const transaction&)> confirmed_;
  node_counts counts_;
  std::uint64_t arrivals_ = 0;
  std::uint32_t height_ = 0;
};

}  // namespace nearmem::fullnode
