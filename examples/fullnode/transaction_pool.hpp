#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory_resource>
#include <tuple>
#include <unordered_map>
#include <vector>

#include <boost/multi_index/hashed_index.hpp>
#include <boost/multi_index/identity.hpp>
#include <boost/multi_index/mem_fun.hpp>
#include <boost/multi_index/ordered_index.hpp>
#include <boost/multi_index/sequenced_index.hpp>
#include <boost/multi_index_container.hpp>

#include <nearmem/accounting/dynamic_usage_traits.hpp>

#include "examples/fullnode/component_memory.hpp"
#include "examples/fullnode/outpoint.hpp"
#include "examples/fullnode/run_sample.hpp"
#include "examples/fullnode/transaction.hpp"

namespace nearmem::fullnode {

// A transaction that waits for a block. Neither copied nor moved: others point at it.
struct pooled_transaction {
  pooled_transaction(const transaction& arrived, std::int64_t paid_fee, std::uint64_t number,
                     node_allocator memory)
      : content(arrived, memory), fee(paid_fee), arrival(number) {}

  const hash256& id() const noexcept { return content.id; }

  transaction content;
  std::int64_t fee;       // in satoshi
  std::uint64_t arrival;  // the how-manieth it was to arrive at the node
};

// Higher fee for a byte first; among equals, by id.
struct higher_fee_rate {
  bool operator()(const pooled_transaction& a, const pooled_transaction& b) const noexcept;
};

// What became of a transaction that came.
enum class admission { admitted, known, conflict, full };

// The mempool, as Bitcoin Core has it: one Boost.MultiIndex container, on a budget.
//
//   waiting_  one node an entry: id, fee rate and age link it     ┐ all on memory_
//   spenders_ outpoint (or key image) that waiting ones spend ──► who   ┘
//
// Where the budget has no room, the lowest fee for a byte goes first, with what spends its outputs;
// a newcomer that pays no more than the lowest is refused instead. What a block confirms goes, and
// what spends the same with it; what has waited too long goes.
//
// Invariants (audit() recomputes them)
//  1. Every input of a waiting transaction is in spenders_ once, and names it; nothing else is.
//  2. dynamic_usage() == what a walk over both sums up == what the resource is charged.
//
// Thread rule: one thread at a time.
class transaction_pool {
 public:
  struct of_id {};
  struct of_fee_rate {};
  struct of_age {};
  using table = boost::multi_index_container<
      pooled_transaction,
      boost::multi_index::indexed_by<
          boost::multi_index::hashed_unique<
              boost::multi_index::tag<of_id>,
              boost::multi_index::const_mem_fun<pooled_transaction, const hash256&,
                                                &pooled_transaction::id>,
              outpoint_hash>,
          boost::multi_index::ordered_unique<boost::multi_index::tag<of_fee_rate>,
                                             boost::multi_index::identity<pooled_transaction>,
                                             higher_fee_rate>,
          boost::multi_index::sequenced<boost::multi_index::tag<of_age>>>,
      std::pmr::polymorphic_allocator<pooled_transaction>>;
  using spender_table = std::pmr::unordered_map<outpoint, const pooled_transaction*, outpoint_hash>;

  struct rules {
    std::uint64_t most_transactions = 0;  // a count, where the network's rule is one; 0: none
    std::uint64_t salt = 0;               // of the tables' hash
  };

  transaction_pool(const component_options& options, const rules& how);
  transaction_pool(const transaction_pool&) = delete;
  transaction_pool& operator=(const transaction_pool&) = delete;

  // Is called with every transaction that goes before a block confirms it.
  void on_eviction(std::function<void(const transaction&)> call) { evicted_ = std::move(call); }

  // Takes a copy, if nothing here conflicts and it, or the budget, has room for it. O(bytes + log
  // entries), and what is evicted.
  admission enter(const transaction& arrived, std::int64_t fee, std::uint64_t arrival);
  // A block has confirmed it: it goes, and whatever else spends what it spent.
  void confirm(const transaction& confirmed);
  // Lets one go, and what spends its outputs, for want of room for its parents.
  void drop(const hash256& id);
  // Lets all go that arrived before; returns how many.
  std::size_t expire(std::uint64_t before);
  // Lets the lowest fees go until `bytes` less are charged.
  void evict(std::size_t bytes);

  const pooled_transaction* find(const hash256& id) const;
  // Who waits and spends this, or nullptr.
  const pooled_transaction* spender_of(const outpoint& point) const;
  std::size_t size() const noexcept { return waiting_.size(); }
  // Best paid first.
  const auto& by_fee_rate() const noexcept { return waiting_.get<of_fee_rate>(); }
  component_memory& memory() noexcept { return memory_; }
  const eviction_counts& evictions() const noexcept { return evictions_; }

  std::size_t dynamic_usage() const;
  component_sample sample() const;
  // False if an invariant is broken. O(entries).
  bool audit() const;

 private:
  using entry = table::iterator;

  bool pays_more_than_lowest(const transaction& arrived, std::int64_t fee) const;
  // False, and nothing has changed, if it spends something twice.
  bool insert(const transaction& arrived, std::int64_t fee, std::uint64_t arrival);
  // Takes it out, and what spends its outputs, each counted in `reason`.
  void remove_with_spenders(const hash256& id, std::uint64_t& reason);
  void remove(entry at);

  component_memory memory_;
  rules rules_;
  table waiting_;
  spender_table spenders_;
  std::size_t content_bytes_ = 0;  // sum over waiting_ of recursive_dynamic_usage(content)
  std::size_t content_model_ = 0;  // the same by the model of malloc
  eviction_counts evictions_;
  std::function<void(const transaction&)> evicted_;
};

}  // namespace nearmem::fullnode

template <>
struct nearmem::dynamic_usage_traits<nearmem::fullnode::pooled_transaction> {
  static auto members(const nearmem::fullnode::pooled_transaction& x) {
    return std::tie(x.content);
  }
};
