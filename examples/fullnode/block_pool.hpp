#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <memory_resource>
#include <optional>

#include "examples/fullnode/block.hpp"
#include "examples/fullnode/coins_store.hpp"
#include "examples/fullnode/component_memory.hpp"

namespace nearmem::fullnode {

// A block in an arena of its own, with what it takes to undo it.
//
//   memory ├─ transactions, inputs, outputs, scripts ─┼─ coins it spent ─┤
struct pooled_block {
  pooled_block(std::shared_ptr<accounted_resource> arena, std::uint32_t at)
      : memory(std::move(arena)), content(memory.get()), spent(memory.get()), height(at) {}

  std::size_t dynamic_usage() const;

  std::shared_ptr<accounted_resource> memory;  // first, so that it ends last
  block content;
  std::pmr::vector<spent_coin> spent;
  std::uint32_t height;
  bool is_connected = false;
};

// Blocks that were received: those that wait to be connected, and the last that were, in case
// they have to be disconnected again.
//
// Where the budget has no room the oldest of the connected ones go, each with its arena, whole.
//
// Invariant: a block is here from receive() until pop_newest(), or until it is evicted or too old.
// Thread rule: one thread at a time.
class block_pool {
 public:
  // Keeps at most `kept` connected blocks.
  block_pool(const component_options& options, std::size_t kept);

  // A new block of this height that `fill` reads or copies into; it is called again, with a new
  // one, where the budget refused. nullptr if there is no room. `bytes` is what it takes, about.
  pooled_block* receive(std::uint32_t height, std::size_t bytes,
                        const std::function<void(pooled_block&)>& fill);
  // Runs `more`, which adds to blocks of the pool; lets old ones go where the budget refuses it.
  bool extend(std::size_t bytes, const std::function<void()>& more) {
    return memory_.insert(bytes, more);
  }
  // The block is part of the chain now; lets those go that are too old to be undone.
  void note_connected(pooled_block& connected);
  // The newest one, or nullptr.
  pooled_block* newest() noexcept { return blocks_.empty() ? nullptr : blocks_.back().get(); }
  // Lets the newest go: a block that was disconnected, or is refused.
  void pop_newest();

  // Lets all go.
  void clear();

  std::size_t size() const noexcept { return blocks_.size(); }
  component_memory& memory() noexcept { return memory_; }
  component_sample sample() const;

 private:
  void evict(std::size_t bytes);
  bool drop_oldest_connected();

  component_memory memory_;
  std::size_t kept_;
  std::deque<std::unique_ptr<pooled_block>> blocks_;  // a few pointers, on the ordinary heap
  eviction_counts evictions_;
};

}  // namespace nearmem::fullnode
