#pragma once

#include <cstddef>
#include <limits>

#include <nearmem/accounting/block_charge.hpp>
#include <nearmem/accounting/visited_blocks.hpp>

namespace nearmem {

// What dynamic_usage_traits write an object's blocks to: a sum of their charges.
//
// `memory(allocator)` is asked once, and its answer handed to `add` with each block. A sum with a
// set of visited blocks takes what is shared once only.
class charged_sum {
 public:
  explicit charged_sum(visited_blocks* visited = nullptr) noexcept : visited_(visited) {}

  template <class Owner>
  auto memory(const Owner& owner) const noexcept {
    return memory_behind(owner);
  }

  // Bytes that somebody else has already summed up.
  void add(std::size_t bytes) noexcept { total_ += bytes; }

  // `count` blocks of one shape.
  template <class Memory>
  void add(const Memory& memory, block_shape block, std::size_t count = 1) noexcept {
    if (block.bytes != 0 && count != 0) total_ += memory.charge(block) * count;
  }

  // Blocks that the next insertion gives back.
  template <class Memory>
  void drop(const Memory& memory, block_shape block, std::size_t count = 1) noexcept {
    if (block.bytes != 0 && count != 0) dropped_ += memory.charge(block) * count;
  }

  // Blocks that several owners hold together, known by an address; `add_blocks(sum)` adds them, as
  // this owner sees them.
  template <class AddBlocks>
  void add_shared(const void* address, AddBlocks add_blocks) {
    charged_sum blocks;
    add_blocks(blocks);
    shared_ +=
        visited_ == nullptr ? blocks.total() : visited_->count_block(address, blocks.total());
  }
  // One such block.
  template <class Memory>
  void add_shared(const void* address, const Memory& memory, block_shape block) {
    add_shared(address, [&](charged_sum& blocks) { blocks.add(memory, block); });
  }

  // Of the total, what is not shared.
  std::size_t unshared() const noexcept { return total_; }
  // Takes what is above `unshared_bytes` of that for the bytes within a shared object, of which
  // `fresh_bytes` were not counted before.
  void settle_object(std::size_t unshared_bytes, std::size_t fresh_bytes) noexcept {
    total_ = unshared_bytes;
    shared_ += fresh_bytes;
  }

  // 0 where more is given back than is taken.
  std::size_t total() const noexcept {
    const std::size_t taken = total_ + shared_;
    return taken > dropped_ ? taken - dropped_ : 0;
  }

 private:
  visited_blocks* visited_;
  std::size_t total_ = 0;
  std::size_t shared_ = 0;
  std::size_t dropped_ = 0;
};

// At most what the pages below are asked for, by the resource behind each block, where the sum's
// blocks are about to be allocated; nothing where there is no such resource. Blocks that are given
// back count nothing: they go when the new ones are there.
class acquisition_sum {
 public:
  template <class Owner>
  auto memory(const Owner& owner) const noexcept {
    return memory_behind(owner);
  }
  template <class Memory>
  void add(const Memory& memory, block_shape block, std::size_t count = 1) noexcept {
    if (block.bytes == 0) return;
    if constexpr (requires { memory.resource->acquisition_bound(block.bytes, block.alignment); }) {
      if (memory.resource == nullptr) return;
      const std::size_t one = memory.resource->acquisition_bound(block.bytes, block.alignment);
      for (std::size_t i = 0; i < count; ++i)
        add(one);
    }
  }
  void add(std::size_t bytes) noexcept { total_ = bytes > most - total_ ? most : total_ + bytes; }
  template <class Memory>
  void drop(const Memory&, block_shape, std::size_t = 1) noexcept {}

  std::size_t total() const noexcept { return total_; }

 private:
  static constexpr std::size_t most = std::numeric_limits<std::size_t>::max();

  std::size_t total_ = 0;
};

// The same under a model of malloc, whoever allocated.
class modelled_sum {
 public:
  explicit modelled_sum(malloc_model model) noexcept : memory_{model} {}

  template <class Owner>
  modelled_memory memory(const Owner&) const noexcept {
    return memory_;
  }
  void add(std::size_t bytes) noexcept { total_ += bytes; }
  template <class Memory>
  void add(const Memory&, block_shape block, std::size_t count = 1) noexcept {
    total_ += memory_.charge(block) * count;
  }
  template <class AddBlocks>
  void add_shared(const void*, AddBlocks add_blocks) {
    add_blocks(*this);
  }
  template <class Memory>
  void add_shared(const void*, const Memory& memory, block_shape block) noexcept {
    add(memory, block);
  }
  std::size_t total() const noexcept { return total_; }

 private:
  modelled_memory memory_;
  std::size_t total_ = 0;
};

}  // namespace nearmem
