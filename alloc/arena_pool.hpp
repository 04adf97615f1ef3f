#pragma once

#include <cstddef>
#include <mutex>
#include <utility>

#include <nearmem/alloc/arena.hpp>
#include <nearmem/alloc/arena_list.hpp>
#include <nearmem/alloc/residency.hpp>
#include <nearmem/alloc/resource_listing.hpp>
#include <nearmem/alloc/thread_token.hpp>

namespace nearmem {

class arena_pool;

// One arena of a pool, with who had it last.
struct pooled_arena {
  pooled_arena(const arena_options& options, node_id home) : memory(options), node(home) {}
  ~pooled_arena();

  arena memory;
  node_id node;
  thread_token* last_user = nullptr;
  std::size_t retained_bytes = 0;  // while it is not leased: its part of the pool's limit
  bool is_leased = false;
  pooled_arena* next = nullptr;
};

// RAII: an arena that is the holder's alone until the lease ends, and is then reset and goes back.
// Thread rule: one owner; may be moved to another thread, which then owns the arena.
class arena_lease {
 public:
  arena_lease(arena_lease&& other) noexcept
      : pool_(other.pool_), leased_(std::exchange(other.leased_, nullptr)) {}
  arena_lease& operator=(arena_lease&& other) noexcept {
    std::swap(pool_, other.pool_);
    std::swap(leased_, other.leased_);
    return *this;
  }
  ~arena_lease();

  // Require that it was not moved from.
  arena& operator*() const noexcept { return leased_->memory; }
  arena* operator->() const noexcept { return &leased_->memory; }
  // The node that the arena was made for.
  node_id node() const noexcept { return leased_->node; }

 private:
  friend class arena_pool;
  arena_lease(arena_pool& pool, pooled_arena& leased) noexcept : pool_(&pool), leased_(&leased) {}

  arena_pool* pool_;
  pooled_arena* leased_;
};

// Arenas that threads borrow and give back, each on the borrower's node.
//
//   lease() ─► of the free arenas on this thread's node: the one that it had last,
//              else one whose last user has ended, else any; else a new one
//
// Where the options leave the placement local, an arena prefers the node it was first leased on.
//
// Invariants
//  1. An arena has at most one lease.
//  2. Blocks of free arenas take at most options.retained_bytes in all, and descriptors.
//  3. usage() is the sum over arenas, and footprint == charged + unused + metadata when none is
//     being written.
//
// Constructing takes no memory.
// Thread rule: any. All leases end before the pool does.
class arena_pool {
 public:
  arena_pool() : arena_pool(arena_options{}) {}
  explicit arena_pool(const arena_options& options);
  explicit arena_pool(resource_options options) : arena_pool(arena_options(std::move(options))) {}
  ~arena_pool();
  arena_pool(const arena_pool&) = delete;
  arena_pool& operator=(const arena_pool&) = delete;

  // An empty arena on the calling thread's node. Throws budget_exceeded, binding_error or
  // std::bad_alloc where there is no memory for a new one. O(arenas).
  [[nodiscard]] arena_lease lease();

  std::size_t memory_usage() const noexcept { return arenas_.memory_usage(); }
  std::size_t footprint() const noexcept { return arenas_.footprint(); }
  resource_usage usage() const noexcept { return arenas_.usage(); }
  node_usage usage(node_id node) const noexcept { return arenas_.usage(node); }
  const resource_options& options() const noexcept { return arenas_.options(); }
  // Arenas that were made, leased or not.
  std::size_t arenas() const noexcept;
  // A line for every arena, for statistics.
  void describe(resource_description& into) const;

  // Gives the blocks of free arenas back to the pages below; returns their bytes.
  std::size_t trim() noexcept;
  void trim_from_any_thread() noexcept { trim(); }

  // Where the pages of all arenas really lie, and bringing the misplaced ones home; see
  // residency.hpp. While no lease is used.
  residency_report audit_residency(const residency_options& how = {});
  residency_repair repair_residency() noexcept;

  // Recomputes the invariants; false if one is broken. While no lease is used.
  bool audit() const noexcept;

 private:
  friend class arena_lease;

  void take_back(pooled_arena& arena) noexcept;
  pooled_arena* find_free(node_id node, const thread_token* thread) const noexcept;

  arena_options options_;
  mutable std::mutex mutex_;  // of the list, the leases and retained_bytes_
  std::size_t retained_bytes_ = 0;
  arena_list<pooled_arena> arenas_;
  resource_listing<arena_pool> listing_{*this};
};

// What a pool owns: the bytes that its arenas were asked for.
template <>
struct dynamic_usage_traits<arena_pool> {
  template <class Sum>
  static void blocks(const arena_pool& owner, Sum& sum) {
    sum.add(owner.usage().charged);
  }
};

}  // namespace nearmem
