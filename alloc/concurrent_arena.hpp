#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <utility>

#include <nearmem/alloc/arena.hpp>
#include <nearmem/alloc/arena_list.hpp>
#include <nearmem/alloc/residency.hpp>
#include <nearmem/alloc/resource_listing.hpp>
#include <nearmem/alloc/thread_storage.hpp>
#include <nearmem/alloc/thread_token.hpp>

namespace nearmem {

// One thread's part of a concurrent_arena: an arena that only its owner touches.
struct arena_shard {
  arena_shard(const arena_options& options, thread_token* thread);
  ~arena_shard();

  arena memory;
  // nullptr: of all threads that are ending, under the arena's mutex. A thread finds its own token
  // here only if it put it here itself, so it needs no lock to look for it.
  std::atomic<thread_token*> owner;
  arena_shard* next = nullptr;
};

// Memory for any number of threads at once, given back all together: what a memtable needs.
//
//   thread A ─► its shard: an arena ─► blocks on A's node
//   thread B ─► its shard: an arena ─► blocks on B's node
//   thread C ─► the shard of a thread that has ended
//
//   this thread's shards:  recent[number_ % 8] { number_, shard }     no atomic operation, no lock
//                          else a walk over all shards                 no lock either
//
// A shard is made when a thread first allocates, begins with one page and grows to blocks of at
// most 128 KiB, so that what lies unused is less than that times the threads that wrote at once,
// and less than about half. A thread that ends leaves its shard to the next one that comes.
// Alignment is kept to as in arena.
//
// Invariants
//  1. usage() is the sum over shards, and footprint == charged + unused + metadata when no thread
//     writes.
//  2. A shard is used by the thread of its token alone, or by the finder of a dead one.
//
// Constructing takes no memory.
// Thread rule: allocate(), allocate_aligned() and what reads by any thread at any time; reset(),
// release(), trim(), the audits, repair_residency() and destruction while no other thread
// allocates.
class concurrent_arena {
 public:
  concurrent_arena() : concurrent_arena(arena_options{}) {}
  explicit concurrent_arena(const arena_options& options);
  explicit concurrent_arena(resource_options options)
      : concurrent_arena(arena_options(std::move(options))) {}
  ~concurrent_arena() = default;
  concurrent_arena(const concurrent_arena&) = delete;
  concurrent_arena& operator=(const concurrent_arena&) = delete;

  // As arena's.
  void* allocate(std::size_t bytes) { return allocate_aligned(bytes, 1); }
  void* allocate_aligned(std::size_t bytes, std::size_t alignment = alignof(std::max_align_t)) {
    const recent_shard& mine = recent[slot_];
    void* address = nullptr;
    if (mine.number == number_ && mine.shard->memory.try_allocate(address, bytes, alignment))
        [[likely]] {
      return address;
    }
    return allocate_fallback(bytes, alignment);
  }

  std::size_t memory_usage() const noexcept { return shards_.memory_usage(); }
  std::size_t footprint() const noexcept { return shards_.footprint(); }
  resource_usage usage() const noexcept { return shards_.usage(); }
  node_usage usage(node_id node) const noexcept { return shards_.usage(node); }
  const resource_options& options() const noexcept { return shards_.options(); }
  // Shards that were made; a thread that ended left its own to others.
  std::size_t shards() const noexcept;
  // A line for every shard, for statistics. Any thread.
  void describe(resource_description& into) const;

  // Give back everything that was handed out; as arena's. The retained limit is for all shards.
  void reset() noexcept;
  void release() noexcept;
  std::size_t trim() noexcept;

  // Where its pages really lie, and bringing the misplaced ones home; see residency.hpp.
  residency_report audit_residency(const residency_options& how = {}) {
    return shards_.audit_residency(how);
  }
  residency_repair repair_residency() noexcept { return shards_.repair_residency(); }

  // Recomputes the invariants; false if one is broken.
  bool audit() const noexcept { return shards_.audit(); }

 private:
  // The shard that this thread used last of the arena with this number. Numbers are never used
  // twice, so one of an arena that is gone fits none.
  struct recent_shard {
    std::uint64_t number = 0;
    arena_shard* shard = nullptr;
  };
  static constexpr std::size_t recent_count = 8;
  static constexpr std::size_t largest_block_bytes = std::size_t{128} << 10;
  NEARMEM_THREAD_STORAGE static constinit thread_local std::array<recent_shard, recent_count>
      recent;

  struct end_of_thread;

  void* allocate_fallback(std::size_t bytes, std::size_t alignment);
  arena_shard* find_shard(const thread_token* thread) const noexcept;
  arena_shard& make_shard(thread_token* thread);
  void* allocate_at_end_of_thread(std::size_t bytes, std::size_t alignment);
  void renumber() noexcept;

  std::uint64_t number_ = 0;
  std::size_t slot_ = 0;  // of recent
  arena_options options_;
  std::mutex mutex_;  // for making and adopting shards, and for the one without an owner
  arena_list<arena_shard> shards_;
  resource_listing<concurrent_arena> listing_{*this};
};

// What an arena owns: the bytes it was asked for.
template <>
struct dynamic_usage_traits<concurrent_arena> {
  template <class Sum>
  static void blocks(const concurrent_arena& owner, Sum& sum) {
    sum.add(owner.usage().charged);
  }
};

}  // namespace nearmem
