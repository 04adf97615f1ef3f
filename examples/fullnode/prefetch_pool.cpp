#include "examples/fullnode/prefetch_pool.hpp"

#include <algorithm>
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
  peak_footprint_ = std::max(peak_footprint_, memory_.budget().used());
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
  const std::size_t used = memory_.budget().used();
  const std::size_t goal = used - std::min(used, bytes);
  for (auto at = by_use_.end(); at != by_use_.begin() && memory_.budget().used() > goal;) {
    --at;
    if (!(*at)->was_used) continue;
    by_number_.erase((*at)->number);
    at = by_use_.erase(at);
    ++evictions_.lru;
  }
}

component_sample prefetch_pool::sample() const {
  component_sample seen = memory_.sample();
  for (const auto& each : by_use_) {
    const resource_usage books = each->memory->usage();
    seen.charged += books.charged;
    seen.unused += books.unused;
    seen.metadata += books.metadata;
    seen.footprint += books.footprint;
    seen.owned += dynamic_usage(each->stored.bytes);
    seen.modelled += modelled_usage(each->stored.bytes);
    seen.objects += 1;
  }
  seen.peak_footprint = std::max({seen.peak_footprint, peak_footprint_, seen.footprint});
  seen.evictions = evictions_;
  return seen;
}

}  // namespace nearmem::fullnode
