#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory_resource>
#include <optional>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

#include <nearmem/accounting/dynamic_usage_traits.hpp>

#include "examples/fullnode/outpoint.hpp"
#include "examples/fullnode/transaction.hpp"

namespace nearmem::fullnode {

// A transaction that waits for its block.
struct mempool_entry {
  using allocator_type = node_allocator;
  using age_list = std::pmr::list<const mempool_entry*>;

  mempool_entry(const transaction& copied, std::int64_t paid_fee, allocator_type memory)
      : content(copied, memory), fee(paid_fee) {}

  transaction content;
  std::int64_t fee;          // in satoshi
  age_list::iterator age{};  // its place in mempool::by_age_
};

// Higher fee for a byte first; among equals, by id.
struct by_fee_rate {
  bool operator()(const mempool_entry* a, const mempool_entry* b) const noexcept;
};

// The transactions that wait for a block, found by id, by fee rate and by age.
//
//   by_id_        id → entry ── transaction
//   by_fee_rate_  highest fee for a byte first ──┐
//   by_age_       oldest first ──────────────────┴─► entries
//
// Invariants (audit() recomputes them)
//  1. The three hold the same entries, each once.
//  2. dynamic_usage() == what a walk over all three sums up.
//
// Thread rule: one thread at a time.
class mempool {
 public:
  using id_table = std::pmr::unordered_map<hash256, mempool_entry, outpoint_hash>;
  using fee_tree = std::pmr::set<const mempool_entry*, by_fee_rate>;

  // `salt` goes into the table's hash.
  explicit mempool(std::pmr::memory_resource& memory, std::uint64_t salt = 0);
  // The indices point at one another's elements.
  mempool(const mempool&) = delete;
  mempool& operator=(const mempool&) = delete;

  // Takes a copy of a transaction; false if it is here already. Leaves all as it was where memory
  // runs out. O(bytes + log entries).
  bool enter(const transaction& arrived, std::int64_t fee);
  // Takes a transaction out, because a block confirmed it; false if it is not here.
  bool confirm(const hash256& id);

  // The entry with this id, or nullptr. O(1).
  const mempool_entry* find(const hash256& id) const;
  // The first to be mined, the first to be evicted and the first to expire. Require size() != 0.
  const mempool_entry& best() const { return **by_fee_rate_.begin(); }
  const mempool_entry& worst() const { return **by_fee_rate_.rbegin(); }
  const mempool_entry& oldest() const { return *by_age_.front(); }
  std::size_t size() const noexcept { return by_id_.size(); }

  // Bytes that the entries and indices are charged. O(1).
  std::size_t dynamic_usage() const;
  const id_table& entries() const noexcept { return by_id_; }
  const fee_tree& fee_index() const noexcept { return by_fee_rate_; }
  const mempool_entry::age_list& age_index() const noexcept { return by_age_; }
  // False if an invariant is broken. O(entries).
  bool audit() const;

 private:
  id_table by_id_;
  fee_tree by_fee_rate_;
  mempool_entry::age_list by_age_;
  std::size_t content_bytes_ = 0;  // sum over by_id_ of recursive_dynamic_usage(content)
};

}  // namespace nearmem::fullnode

template <>
struct nearmem::dynamic_usage_traits<nearmem::fullnode::mempool_entry> {
  static auto members(const nearmem::fullnode::mempool_entry& x) { return std::tie(x.content); }
};
