#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <shared_mutex>

#include <nearmem/alloc/concurrent_arena.hpp>

#include "examples/fullnode/component_memory.hpp"
#include "examples/fullnode/hash256.hpp"
#include "examples/fullnode/node_database.hpp"

namespace nearmem::fullnode {

// What the database does not have yet, sorted: a skip list that several threads write at once and
// that goes as a whole.
//
//   head_ ──3──────────────────────► node ─────► ∎
//         ──2──────────► node ─────► node ─────► ∎
//         ──1──► node ─► node ─────► node ─────► ∎      all nodes in arena_
//
// Nodes are only ever added, each level by one compare-and-swap, lowest first. When it is over its
// soft limit, three quarters of the budget, poll()'s callback writes all to the database and gives
// the arena back, whole.
//
// Invariants (audit() recomputes them, while nobody writes)
//  1. Every level is sorted, without equals, and part of the one below.
//  2. What is charged == the sum of the nodes' bytes.
//
// Thread rule: any. Flushing waits until nobody writes, and holds writers up.
class memtable {
 public:
  // `database` must outlive it.
  memtable(const component_options& options, node_database& database);
  ~memtable();
  memtable(const memtable&) = delete;
  memtable& operator=(const memtable&) = delete;

  // Adds an entry, unless the table has one of this id. Flushes first, or afterwards, where the
  // budget wants it. Throws database_error. O(log entries).
  void add(const hash256& id, std::uint64_t number);
  // From here or from the database.
  std::optional<std::uint64_t> find(const hash256& id) const;
  // Writes all to the database and lets it go. What was here is on disk when it returns.
  void flush();

  std::size_t size() const noexcept { return size_.load(std::memory_order_relaxed); }
  component_memory& memory() noexcept { return memory_; }
  component_sample sample() const;
  bool audit() const;

 private:
  static constexpr std::size_t most_levels = 12;
  struct node;
  using link = std::atomic<node*>;

  static std::size_t levels_of(const hash256& id) noexcept;
  static std::size_t bytes_of(std::size_t levels) noexcept;
  bool try_add(const hash256& id, std::uint64_t number);
  node* make(const hash256& id, std::uint64_t number);
  void discard(node* made) noexcept;
  // The last node before `id` on a level, from `start` on (nullptr: the head), and the one after.
  node* last_before(const hash256& id, node* start, std::size_t level, node*& after) const;
  const link& next_of(const node* at, std::size_t level) const;
  link& next_of(node* at, std::size_t level);
  void release_all() noexcept;

  component_memory memory_;
  node_database& database_;
  std::unique_ptr<concurrent_arena> arena_;  // nothing where the resource is a foreign one
  mutable std::shared_mutex writers_;        // shared by those who add, whole for who flushes
  std::array<link, most_levels> head_{};
  std::atomic<std::size_t> size_{0};
  std::atomic<std::size_t> bytes_{0};
  std::atomic<std::size_t> model_{0};
  std::atomic<std::uint64_t> flushed_{0};
};

}  // namespace nearmem::fullnode
