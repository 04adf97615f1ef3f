#include "examples/fullnode/memtable.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <mutex>
#include <new>

#include <nearmem/accounting/malloc_model.hpp>

#include "examples/fullnode/budget_too_small.hpp"

namespace nearmem::fullnode {

// As many links as it has levels lie behind it.
struct memtable::node {
  hash256 id;
  std::uint64_t number;
  std::size_t levels;

  link* links() noexcept { return reinterpret_cast<link*>(this + 1); }
  const link* links() const noexcept { return reinterpret_cast<const link*>(this + 1); }
};

memtable::memtable(const component_options& options, node_database& database)
    : memory_(options, true), database_(database) {
  if (options.kind == resource_kind::nearmem) {
    arena_ = std::make_unique<concurrent_arena>(memory_.nearmem_options());
  }
  memory_.budget().set_soft_limit(options.limit / 4 * 3);
  memory_.budget().set_reclaim([this](std::size_t, std::optional<node_id>) { flush(); });
}

memtable::~memtable() {
  release_all();
}

void memtable::add(const hash256& id, std::uint64_t number) {
  for (int attempt = 0; attempt < 3; ++attempt) {
    try {
      {
        const std::shared_lock lock(writers_);
        if (!try_add(id, number)) return;
      }
      if (memory_.budget().over_soft_limit()) memory_.budget().poll();
      return;
    } catch (const budget_exceeded&) {
      flush();
    }
  }
  throw budget_too_small(memory_.options().name, "one entry");
}

bool memtable::try_add(const hash256& id, std::uint64_t number) {
  std::array<node*, most_levels> before{};
  std::array<node*, most_levels> after{};
  node* at = nullptr;
  for (std::size_t level = most_levels; level-- > 0;) {
    at = last_before(id, at, level, after[level]);
    before[level] = at;
  }
  if (after[0] != nullptr && after[0]->id == id) return false;
  node* made = make(id, number);
  for (std::size_t level = 0; level < made->levels; ++level) {
    for (;;) {
      if (level == 0 && after[0] != nullptr && after[0]->id == id) {
        discard(made);  // another writer was faster
        return false;
      }
      made->links()[level].store(after[level], std::memory_order_relaxed);
      if (next_of(before[level], level)
              .compare_exchange_strong(after[level], made, std::memory_order_release,
                                       std::memory_order_relaxed)) {
        break;
      }
      before[level] = last_before(id, before[level], level, after[level]);
    }
  }
  size_.fetch_add(1, std::memory_order_relaxed);
  return true;
}

memtable::node* memtable::make(const hash256& id, std::uint64_t number) {
  const std::size_t levels = levels_of(id);
  const std::size_t bytes = bytes_of(levels);
  void* room = arena_ ? arena_->allocate_aligned(bytes, alignof(node))
                      : memory_.resource().allocate(bytes, alignof(node));
  bytes_.fetch_add(arena_ ? bytes : memory_.resource().charge_for(bytes, alignof(node)),
                   std::memory_order_relaxed);
  model_.fetch_add(malloc_usage(bytes), std::memory_order_relaxed);
  node* made = ::new (room) node{id, number, levels};
  for (std::size_t level = 0; level < levels; ++level)
    ::new (made->links() + level) link(nullptr);
  return made;
}

// A node that nobody links to. An arena keeps it until it is released.
void memtable::discard(node* made) noexcept {
  if (arena_) return;
  const std::size_t bytes = bytes_of(made->levels);
  bytes_.fetch_sub(memory_.resource().charge_for(bytes, alignof(node)), std::memory_order_relaxed);
  model_.fetch_sub(malloc_usage(bytes), std::memory_order_relaxed);
  memory_.resource().deallocate(made, bytes, alignof(node));
}

// One node in four reaches the next level. An id is a hash: its last bytes are as good as dice.
std::size_t memtable::levels_of(const hash256& id) noexcept {
  std::uint64_t dice = 0;
  std::memcpy(&dice, id.bytes.data() + id.bytes.size() - sizeof dice, sizeof dice);
  const auto zeros = static_cast<std::size_t>(std::countr_zero(dice | (std::uint64_t{1} << 63)));
  return 1 + std::min(zeros / 2, most_levels - 1);
}

std::size_t memtable::bytes_of(std::size_t levels) noexcept {
  return sizeof(node) + levels * sizeof(link);
}

memtable::node* memtable::last_before(const hash256& id, node* start, std::size_t level,
                                      node*& after) const {
  node* at = start;
  for (;;) {
    after = next_of(at, level).load(std::memory_order_acquire);
    if (after == nullptr || !(after->id < id)) return at;
    at = after;
  }
}

const memtable::link& memtable::next_of(const node* at, std::size_t level) const {
  return at == nullptr ? head_[level] : at->links()[level];
}

memtable::link& memtable::next_of(node* at, std::size_t level) {
  return at == nullptr ? head_[level] : at->links()[level];
}

std::optional<std::uint64_t> memtable::find(const hash256& id) const {
  {
    const std::shared_lock lock(writers_);
    node* at = nullptr;
    node* after = nullptr;
    for (std::size_t level = most_levels; level-- > 0;)
      at = last_before(id, at, level, after);
    if (after != nullptr && after->id == id) return after->number;
  }
  return database_.read_entry(id);
}

void memtable::flush() {
  const std::unique_lock lock(writers_);
  node_database::entry_batch batch(database_);
  for (node* at = head_[0].load(std::memory_order_acquire); at != nullptr;
       at = at->links()[0].load(std::memory_order_relaxed)) {
    batch.write(at->id, at->number);
  }
  batch.sync();
  flushed_.fetch_add(size(), std::memory_order_relaxed);
  release_all();
  memory_.trim();
}

void memtable::release_all() noexcept {
  if (arena_) {
    arena_->release();
  } else {
    for (node* at = head_[0].load(std::memory_order_relaxed); at != nullptr;) {
      node* next = at->links()[0].load(std::memory_order_relaxed);
      memory_.resource().deallocate(at, bytes_of(at->levels), alignof(node));
      at = next;
    }
  }
  for (link& each : head_)
    each.store(nullptr, std::memory_order_relaxed);
  size_.store(0, std::memory_order_relaxed);
  bytes_.store(0, std::memory_order_relaxed);
  model_.store(0, std::memory_order_relaxed);
}

component_sample memtable::sample() const {
  component_sample seen = memory_.sample();
  const std::shared_lock lock(writers_);
  if (arena_) {
    const resource_usage books = settled(arena_->usage());
    component_memory::add_books(seen, books);
    seen.peak_footprint = std::max(seen.peak_footprint, books.peak_footprint);
  }
  seen.owned = bytes_.load(std::memory_order_relaxed);
  seen.modelled = model_.load(std::memory_order_relaxed);
  seen.objects = size();
  seen.evictions.flushed = flushed_.load(std::memory_order_relaxed);
  return seen;
}

bool memtable::audit() const {
  std::size_t sum = 0;
  for (std::size_t level = 0; level < most_levels; ++level) {
    const node* before = nullptr;
    for (const node* at = head_[level].load(std::memory_order_acquire); at != nullptr;
         at = at->links()[level].load(std::memory_order_acquire)) {
      if (before != nullptr && !(before->id < at->id)) return false;
      if (at->levels <= level) return false;
      if (level == 0) sum += arena_ ? bytes_of(at->levels) : 0;
      before = at;
    }
  }
  return !arena_ || arena_->usage().charged >= sum;
}

}  // namespace nearmem::fullnode
