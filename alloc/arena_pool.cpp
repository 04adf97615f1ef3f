#include <algorithm>
#include <string>

#include <nearmem/alloc/arena_pool.hpp>
#include <nearmem/topology/this_thread.hpp>

namespace nearmem {

pooled_arena::~pooled_arena() {
  if (last_user != nullptr) last_user->drop();
}

arena_lease::~arena_lease() {
  if (leased_ != nullptr) pool_->take_back(*leased_);
}

arena_pool::arena_pool(const arena_options& options) : options_(options), arenas_(options) {
  // Arenas are not listed by themselves.
  options_.name.clear();
  listing_.begin();
}

arena_pool::~arena_pool() {
  arenas_.for_each([](const pooled_arena& arena) {
    expects(!arena.is_leased, "arena pool: ended before its leases");
  });
}

// Requires the mutex.
pooled_arena* arena_pool::find_free(node_id node, const thread_token* thread) const noexcept {
  pooled_arena* found = nullptr;
  int found_rank = 0;
  arenas_.for_each([&](pooled_arena& arena) {
    if (arena.is_leased || arena.node != node) return;
    const thread_token* last = arena.last_user;
    const bool is_orphan = last == nullptr || !last->is_alive();
    const int rank = last != nullptr && last == thread ? 3 : is_orphan ? 2 : 1;
    if (rank > found_rank) {
      found = &arena;
      found_rank = rank;
    }
  });
  return found;
}

arena_lease arena_pool::lease() {
  thread_token* const thread = thread_token::mine();
  std::lock_guard lock(mutex_);
  const node_id node = this_thread::node(arenas_.source().hardware());
  pooled_arena* free = find_free(node, thread);
  if (free == nullptr) {
    arena_options there = options_;
    if (there.where == placement::local()) there.where = placement::preferred(node);
    free = &arenas_.add(std::move(there), node);
  }
  if (free->last_user != thread) {
    if (free->last_user != nullptr) free->last_user->drop();
    if (thread != nullptr) thread->hold();
    free->last_user = thread;
  }
  retained_bytes_ -= std::exchange(free->retained_bytes, 0);
  free->is_leased = true;
  return {*this, *free};
}

void arena_pool::take_back(pooled_arena& arena) noexcept {
  arenas_.note_peak();
  std::size_t allowed = 0;
  {
    std::lock_guard lock(mutex_);
    allowed = std::min(options_.retained_bytes - std::min(options_.retained_bytes, retained_bytes_),
                       arena.memory.footprint());
    retained_bytes_ += allowed;
  }
  // Blocks are given back without the lock: that is the kernel's time.
  arena.memory.reset_keeping(allowed);
  std::lock_guard lock(mutex_);
  arena.retained_bytes = std::min(allowed, arena.memory.usage().unused);
  retained_bytes_ -= allowed - arena.retained_bytes;
  arena.is_leased = false;
}

std::size_t arena_pool::arenas() const noexcept {
  std::size_t count = 0;
  arenas_.for_each([&count](const pooled_arena&) { ++count; });
  return count;
}

void arena_pool::describe(resource_description& into) const {
  into.kind = "arena_pool";
  into.where = options().where;
  arenas_.for_each([&into](const pooled_arena& arena) {
    resource_description one;
    arena.memory.describe(one);
    for (arena_usage& line : one.arenas) {
      line.name = "arena " + std::to_string(into.arenas.size()) + " on node " +
                  std::to_string(to_number(arena.node));
      into.arenas.push_back(std::move(line));
    }
  });
}

std::size_t arena_pool::trim() noexcept {
  std::lock_guard lock(mutex_);
  std::size_t bytes = 0;
  arenas_.for_each([&](pooled_arena& arena) {
    if (arena.is_leased) return;
    bytes += arena.memory.trim();
    retained_bytes_ -= std::exchange(arena.retained_bytes, 0);
  });
  return bytes;
}

residency_report arena_pool::audit_residency(const residency_options& how) {
  std::lock_guard lock(mutex_);
  return arenas_.audit_residency(how);
}

residency_repair arena_pool::repair_residency() noexcept {
  std::lock_guard lock(mutex_);
  return arenas_.repair_residency();
}

bool arena_pool::audit() const noexcept {
  std::lock_guard lock(mutex_);
  std::size_t retained = 0;
  bool sound = arenas_.audit();
  arenas_.for_each([&](const pooled_arena& arena) {
    retained += arena.retained_bytes;
    if (arena.is_leased) return;
    sound = sound && arena.memory.memory_usage() == 0 &&
            arena.memory.usage().unused <= arena.retained_bytes;
  });
  return sound && retained == retained_bytes_ && retained <= options_.retained_bytes;
}

}  // namespace nearmem
