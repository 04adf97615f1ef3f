#include "examples/fullnode/block_pool.hpp"

#include <algorithm>
#include <utility>

#include <nearmem/accounting/dynamic_usage.hpp>

#include "examples/fullnode/recursive_modelled_usage.hpp"

namespace nearmem::fullnode {

std::size_t pooled_block::dynamic_usage() const {
  return recursive_dynamic_usage(content) + recursive_dynamic_usage(spent);
}

block_pool::block_pool(const component_options& options, std::size_t kept)
    : memory_(options), kept_(kept) {
  memory_.budget().set_reclaim([this](std::size_t bytes, std::optional<node_id>) { evict(bytes); });
}

pooled_block* block_pool::receive(std::uint32_t height, std::size_t bytes,
                                  const std::function<void(pooled_block&)>& fill) {
  std::unique_ptr<pooled_block> made;
  const bool inserted = memory_.insert(bytes, [&] {
    made.reset();  // before the next is begun: both do not fit
    made = std::make_unique<pooled_block>(memory_.make_arena(), height);
    fill(*made);
  });
  if (!inserted) return nullptr;
  blocks_.push_back(std::move(made));
  memory_.note_peak();
  return blocks_.back().get();
}

void block_pool::note_connected(pooled_block& connected) {
  connected.is_connected = true;
  auto count = static_cast<std::size_t>(
      std::ranges::count_if(blocks_, [](const auto& each) { return each->is_connected; }));
  for (; count > kept_; --count) {
    drop_oldest_connected();
    ++evictions_.age;
  }
}

void block_pool::pop_newest() {
  blocks_.pop_back();
  ++evictions_.spent;
}

void block_pool::clear() {
  evictions_.age += blocks_.size();
  blocks_.clear();
}

void block_pool::evict(std::size_t bytes) {
  memory_.let_go(bytes, [this] {
    if (!drop_oldest_connected()) return false;
    ++evictions_.full;
    return true;
  });
}

// Never the newest: somebody may be at work on it.
bool block_pool::drop_oldest_connected() {
  for (auto at = blocks_.begin(); at != blocks_.end() && std::next(at) != blocks_.end(); ++at) {
    if (!(*at)->is_connected) continue;
    blocks_.erase(at);
    return true;
  }
  return false;
}

component_sample block_pool::sample() const {
  component_sample seen = memory_.sample();
  for (const auto& each : blocks_) {
    component_memory::add_books(seen, each->memory->usage());
    seen.owned += each->dynamic_usage();
    seen.modelled +=
        recursive_modelled_usage(each->content) + recursive_modelled_usage(each->spent);
    seen.objects += 1;
  }
  seen.evictions = evictions_;
  return seen;
}

}  // namespace nearmem::fullnode
