#include <algorithm>
#include <string>

#include <nearmem/alloc/concurrent_arena.hpp>

namespace nearmem {
namespace {

constinit std::atomic<std::uint64_t> last_number{0};

// Shards are not listed by themselves, and share the limit of what is retained.
arena_options shard_options(arena_options options, std::size_t largest_block_bytes) {
  options.name.clear();
  options.largest_block_bytes = std::min(options.largest_block_bytes, largest_block_bytes);
  return options;
}

}  // namespace

constinit thread_local std::array<concurrent_arena::recent_shard, concurrent_arena::recent_count>
    concurrent_arena::recent{};

// Made after the thread's token, so it goes before it: nothing reaches a shard without the lock by
// the time that others may take it over.
struct concurrent_arena::end_of_thread {
  ~end_of_thread() {
    has_come = true;
    recent = {};
  }
  // Outlives the object: of trivial type, so that it can be read until the thread is gone.
  static constinit thread_local bool has_come;
};

constinit thread_local bool concurrent_arena::end_of_thread::has_come = false;

arena_shard::arena_shard(const arena_options& options, thread_token* thread)
    : memory(options), owner(thread) {
  if (thread != nullptr) thread->hold();
}

arena_shard::~arena_shard() {
  if (thread_token* last = owner.load(std::memory_order_relaxed)) last->drop();
}

concurrent_arena::concurrent_arena(const arena_options& options)
    : options_(shard_options(options, largest_block_bytes)), shards_(options) {
  renumber();
  listing_.begin();
}

// Makes every thread's memory of this arena's shards void.
void concurrent_arena::renumber() noexcept {
  number_ = last_number.fetch_add(1, std::memory_order_relaxed) + 1;
  slot_ = number_ % recent_count;
}

// The shard that has this thread's token; nullptr if none has.
arena_shard* concurrent_arena::find_shard(const thread_token* thread) const noexcept {
  arena_shard* found = nullptr;
  shards_.for_each([&](arena_shard& shard) {
    if (shard.owner.load(std::memory_order_relaxed) == thread) found = &shard;
  });
  return found;
}

// Adopts the shard of a thread that has ended, or makes one. Requires the mutex.
arena_shard& concurrent_arena::make_shard(thread_token* thread) {
  arena_shard* left = nullptr;
  thread_token* gone = nullptr;
  if (thread != nullptr) {
    shards_.for_each([&](arena_shard& shard) {
      thread_token* const owner = shard.owner.load(std::memory_order_relaxed);
      if (owner == nullptr || owner->is_alive()) return;
      left = &shard;
      gone = owner;
    });
  }
  if (left == nullptr) return shards_.add(options_, thread);
  thread->hold();
  left->owner.store(thread, std::memory_order_relaxed);
  gone->drop();
  return *left;
}

void* concurrent_arena::allocate_fallback(std::size_t bytes, std::size_t alignment) {
  recent_shard& mine = recent[slot_];
  if (mine.number != number_) {
    thread_token* const thread = end_of_thread::has_come ? nullptr : thread_token::mine();
    if (thread == nullptr) return allocate_at_end_of_thread(bytes, alignment);
    [[maybe_unused]] static thread_local end_of_thread forgets;
    arena_shard* shard = find_shard(thread);
    if (shard == nullptr) {
      std::lock_guard lock(mutex_);
      shard = &make_shard(thread);
    }
    mine = {number_, shard};
  }
  void* const address = mine.shard->memory.allocate_aligned(bytes, alignment);
  shards_.note_peak();
  return address;
}

// From the shard that such threads share: the lock is its owner.
void* concurrent_arena::allocate_at_end_of_thread(std::size_t bytes, std::size_t alignment) {
  std::lock_guard lock(mutex_);
  arena_shard* shard = find_shard(nullptr);
  if (shard == nullptr) shard = &make_shard(nullptr);
  void* const address = shard->memory.allocate_aligned(bytes, alignment);
  shards_.note_peak();
  return address;
}

std::size_t concurrent_arena::shards() const noexcept {
  std::size_t count = 0;
  shards_.for_each([&count](const arena_shard&) { ++count; });
  return count;
}

void concurrent_arena::describe(resource_description& into) const {
  into.kind = "concurrent_arena";
  into.where = options().where;
  shards_.for_each([&into](const arena_shard& shard) {
    resource_description one;
    shard.memory.describe(one);
    for (arena_usage& line : one.arenas) {
      line.name = "shard " + std::to_string(into.arenas.size());
      into.arenas.push_back(std::move(line));
    }
  });
}

void concurrent_arena::reset() noexcept {
  std::size_t retained = options_.retained_bytes;
  shards_.for_each([&retained](arena_shard& shard) {
    shard.memory.reset_keeping(retained);
    retained -= std::min(retained, shard.memory.footprint());
  });
}

void concurrent_arena::release() noexcept {
  renumber();
  shards_.clear();
}

std::size_t concurrent_arena::trim() noexcept {
  std::size_t bytes = 0;
  shards_.for_each([&bytes](arena_shard& shard) { bytes += shard.memory.trim(); });
  return bytes;
}

}  // namespace nearmem
