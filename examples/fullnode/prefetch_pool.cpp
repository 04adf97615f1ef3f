#include "examples/fullnode/prefetch_pool.hpp"

#include <utility>

#include <nearmem/accounting/dynamic_usage.hpp>

#include "examples/fullnode/budget_too_small.hpp"

namespace nearmem::fullnode {

prefetch_pool::prefetch_pool(const component_options& options) : memory_(options) {
  memory_.budget().set_reclaim([this](std::size_t bytes, std::optional<node_id>) { evict(bytes); });
}

bool prefetch_pool::read_ahead(block_source& source) {
  if (!next_) next_ = source.next(node_allocator());
  if (!next_) return false;
  std::unique_ptr<entry> made;
  const bool inserted = memory_.insert(next_->bytes.size(), [&] {
    made = std::make_unique<entry>(memory_.make_arena(), read_, *next_);
  });
  if (!inserted) {
    if (by_use_.empty()) throw budget_too_small(memory_.options().name, "one block");
    return false;
  }
  by_use_.push_front(std::move(made));
  by_number_.emplace(read_, by_use_.begin());
  ++read_;
  next_.reset();
  memory_.note_peak();
  return true;
}

const serialized_block* prefetch_pool::use(std::uint64_t number) {
  const auto at = by_number_.find(number);
  if (at == by_number_.end()) {
    ++misses_;
    return nullptr;
  }
  by_use_.splice(by_use_.begin(), by_use_, at->second);
  (*at->second)->was_used = true;
  return &(*at->second)->stored;
}

void prefetch_pool::evict(std::size_t bytes) {
  auto at = by_use_.end();
  memory_.let_go(bytes, [this, &at] {
    while (at != by_use_.begin()) {
      --at;
      if (!(*at)->was_used) continue;
      by_number_.erase((*at)->number);
      at = by_use_.erase(at);
      ++evictions_.lru;
      return true;
    }
    return false;
  });
}

component_sample prefetch_pool::sample() const {
  component_sample seen = memory_.sample();
  for (const auto& each : by_use_) {
    component_memory::add_books(seen, each->memory->usage());
    seen.owned += dynamic_usage(each->stored.bytes);
    seen.modelled += modelled_usage(each->stored.bytes);
    seen.objects += 1;
  }
  seen.evictions = evictions_;
  return seen;
}

}  // namespace nearmem::fullnode
