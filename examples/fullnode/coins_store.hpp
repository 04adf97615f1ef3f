#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory_resource>
#include <tuple>
#include <unordered_map>

#include <nearmem/accounting/dynamic_usage_traits.hpp>

#include "examples/fullnode/coin.hpp"
#include "examples/fullnode/component_memory.hpp"
#include "examples/fullnode/node_database.hpp"
#include "examples/fullnode/outpoint.hpp"

namespace nearmem::fullnode {

// A coin in memory, and how it stands to the database's.
struct cached_coin {
  using allocator_type = node_allocator;

  cached_coin(std::int64_t value, std::uint32_t height, bool from_coinbase,
              std::span<const std::byte> script, allocator_type memory)
      : content(memory) {
    content.value = value;
    content.height = height;
    content.from_coinbase = from_coinbase;
    content.script.assign(script.begin(), script.end());
  }

  coin content;
  bool dirty = false;  // the database does not know
  bool fresh = false;  // the database has nothing under this outpoint
  bool spent = false;  // is to be erased there
};

// A coin that a transaction has spent: what it takes to undo that.
struct spent_coin {
  using allocator_type = node_allocator;

  spent_coin(const outpoint& at, const coin& other, allocator_type memory)
      : point(at), content(memory) {
    content.value = other.value;
    content.height = other.height;
    content.from_coinbase = other.from_coinbase;
    content.script.assign(other.script.begin(), other.script.end());
  }
  spent_coin(spent_coin&& other, allocator_type memory)
      : point(other.point), content(std::move(other.content), memory) {}
  spent_coin(spent_coin&& other) noexcept = default;

  outpoint point;
  coin content;
};

// The coins: those in memory, within a budget, and those in the database.
//
//   cached_ ── bucket array, as large as it will ever be       ┐ on memory_
//           └─ nodes: outpoint, coin, flags ── script          ┘
//      │ flush: what is dirty, atomically; then all of memory goes      ▲ miss: one is read
//      ▼                                                                │
//   database_ ─────────────────────────────────────────────────────────┘
//
// Invariants (audit() recomputes them)
//  1. fresh or spent implies dirty; not both fresh and spent.
//  2. The database, with what is dirty here on top, is the set of coins after changes() changes;
//     the database alone is that after flushed().changes of them.
//  3. dynamic_usage() == what a walk sums up == what the resource is charged.
//
// A flush never falls between begin_change() and end_change(), so that what is on disk is always
// the set of coins as it stands between two transactions.
//
// Thread rule: one thread at a time.
class coins_store {
 public:
  using table = std::pmr::unordered_map<outpoint, cached_coin, outpoint_hash>;

  // `database` must outlive it.
  coins_store(const component_options& options, node_database& database, std::uint64_t salt = 0);
  coins_store(const coins_store&) = delete;
  coins_store& operator=(const coins_store&) = delete;

  // The coin of an output, from memory or from the database; nullptr if it is not there, or spent.
  // Holds until the next call. Throws database_error.
  const coin* find(const outpoint& point);
  // The same, but as if there were no database.
  const coin* find_cached(const outpoint& point) const;

  // Makes room for a change of so many bytes of coins to add and inputs to spend, before it begins.
  void begin_change(std::size_t coins, std::size_t script_bytes);
  void end_change() noexcept;
  // Each within a change. spend() hands the coin to `with` before it goes; false if there is none.
  void add(const outpoint& point, std::int64_t value, std::span<const std::byte> script,
           std::uint32_t height, bool from_coinbase);
  template <class With>
  bool spend(const outpoint& point, With with) {
    const coin* found = find(point);
    if (found == nullptr) return false;
    with(*found);
    mark_spent(point);
    return true;
  }

  // Writes what is dirty, and lets all of memory go. What changes() says is on disk then. Throws
  // database_error, and nothing has changed.
  void flush();

  std::uint64_t changes() const noexcept { return changes_; }
  std::size_t size() const noexcept { return cached_.size(); }
  component_memory& memory() noexcept { return memory_; }
  std::size_t dynamic_usage() const;
  component_sample sample() const;
  bool audit() const;

 private:
  cached_coin& insert(const outpoint& point, std::int64_t value, std::uint32_t height,
                      bool from_coinbase, std::span<const std::byte> script);
  void mark_spent(const outpoint& point);
  void erase(table::iterator at);

  component_memory memory_;
  node_database& database_;
  table cached_;
  std::size_t script_bytes_ = 0;  // sum over cached_ of dynamic_usage(content)
  std::size_t script_model_ = 0;
  std::uint64_t changes_;
  bool changing_ = false;
  eviction_counts evictions_;
};

}  // namespace nearmem::fullnode

template <>
struct nearmem::dynamic_usage_traits<nearmem::fullnode::cached_coin> {
  static auto members(const nearmem::fullnode::cached_coin& x) { return std::tie(x.content); }
};
template <>
struct nearmem::dynamic_usage_traits<nearmem::fullnode::spent_coin> {
  static auto members(const nearmem::fullnode::spent_coin& x) { return std::tie(x.content); }
};
