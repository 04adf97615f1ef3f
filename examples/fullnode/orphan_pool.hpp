#pragma once

#include <cstddef>
#include <cstdint>
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
#include "examples/fullnode/transaction.hpp"

namespace nearmem::fullnode {

// A transaction whose parent the node does not know. Neither copied nor moved.
struct orphan {
  orphan(const transaction& arrived, std::size_t from, std::uint64_t number, node_allocator memory)
      : content(arrived, memory), peer(from), arrival(number) {}

  const hash256& id() const noexcept { return content.id; }

  transaction content;
  std::size_t peer;  // who sent it
  std::uint64_t arrival;
};

// By peer, and of a peer the oldest first.
struct by_peer_and_age {
  bool operator()(const orphan& a, const orphan& b) const noexcept {
    return std::tie(a.peer, a.arrival, a.id()) < std::tie(b.peer, b.arrival, b.id());
  }
  bool operator()(const orphan& a, std::size_t peer) const noexcept { return a.peer < peer; }
  bool operator()(std::size_t peer, const orphan& b) const noexcept { return peer < b.peer; }
};

// Transactions that wait for a parent.
//
//   waiting_     one node an orphan: id, peer and age link it   ┐
//   by_parent_   id of a parent ──► orphans that wait for it    ├ all on memory_
//   peer_bytes_  what each peer's orphans are charged           ┘
//
// No peer may have more than its share: its own oldest go first. Where the budget has no room, the
// oldest of all go; what has waited too long goes.
//
// Invariants (audit() recomputes them)
//  1. by_parent_ has each orphan once for every transaction that it spends from.
//  2. peer_bytes_ are the sums over the peers' orphans; none is above the share.
//  3. dynamic_usage() == what a walk sums up == what the resource is charged.
//
// Thread rule: one thread at a time.
class orphan_pool {
 public:
  struct of_id {};
  struct of_peer {};
  struct of_age {};
  using table = boost::multi_index_container<
      orphan,
      boost::multi_index::indexed_by<
          boost::multi_index::hashed_unique<
              boost::multi_index::tag<of_id>,
              boost::multi_index::const_mem_fun<orphan, const hash256&, &orphan::id>,
              outpoint_hash>,
          boost::multi_index::ordered_unique<boost::multi_index::tag<of_peer>,
                                             boost::multi_index::identity<orphan>, by_peer_and_age>,
          boost::multi_index::sequenced<boost::multi_index::tag<of_age>>>,
      std::pmr::polymorphic_allocator<orphan>>;
  using parent_table = std::pmr::unordered_multimap<hash256, const orphan*, outpoint_hash>;

  struct rules {
    std::size_t peers = 1;       // they are numbered from 0
    std::size_t peer_limit = 0;  // bytes that one peer's orphans may be charged; 0: no such limit
    std::uint64_t salt = 0;
  };

  orphan_pool(const component_options& options, const rules& how);
  orphan_pool(const orphan_pool&) = delete;
  orphan_pool& operator=(const orphan_pool&) = delete;

  // Takes a copy; false if it is here, or larger than a peer's share, or there is no room at all.
  bool enter(const transaction& arrived, std::size_t peer, std::uint64_t arrival);
  // The orphans that wait for this transaction; pointers hold until the next call that changes it.
  std::vector<const orphan*> children_of(const hash256& parent) const;
  // Lets one go, because its parents are known, or it was confirmed; false if it is not here.
  bool release(const hash256& id);
  // Lets all go that arrived before; returns how many.
  std::size_t expire(std::uint64_t before);

  bool contains(const hash256& id) const { return waiting_.find(id) != waiting_.end(); }
  std::size_t size() const noexcept { return waiting_.size(); }
  std::size_t peer_bytes(std::size_t peer) const { return peer_bytes_.at(peer); }
  component_memory& memory() noexcept { return memory_; }

  std::size_t dynamic_usage() const;
  component_sample sample() const;
  bool audit() const;

 private:
  using entry = table::iterator;

  void insert(const transaction& arrived, std::size_t peer, std::uint64_t arrival);
  // Lets the oldest of a peer go until `bytes` more are within its share.
  void make_peer_room(std::size_t peer, std::size_t bytes);
  void evict(std::size_t bytes);
  void remove(entry at);
  void unlink(entry at);

  component_memory memory_;
  rules rules_;
  table waiting_;
  parent_table by_parent_;
  std::pmr::vector<std::size_t> peer_bytes_;
  std::size_t content_bytes_ = 0;
  std::size_t content_model_ = 0;
  eviction_counts evictions_;
};

}  // namespace nearmem::fullnode

template <>
struct nearmem::dynamic_usage_traits<nearmem::fullnode::orphan> {
  static auto members(const nearmem::fullnode::orphan& x) { return std::tie(x.content); }
};
