#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <unordered_map>

#include "examples/fullnode/block_source.hpp"
#include "examples/fullnode/component_memory.hpp"

namespace nearmem::fullnode {

// Blocks that were read ahead, as they are stored, each in an arena of its own; and, as long as
// there is room, those that were used, for other nodes that ask.
//
//   by_use_   used last ◄─────────────────► used longest ago: goes first
//
// What was read ahead and not yet used is never evicted: reading ahead stops instead.
//
// Thread rule: one thread at a time.
class prefetch_pool {
 public:
  explicit prefetch_pool(const component_options& options);

  // Reads one block more; false where the source has no more, or the budget no room. Throws
  // input_error.
  bool read_ahead(block_source& source);
  // The block of this number, counted from 0 in the source's order, or nullptr if it is not here.
  // Notes its use; holds until the next read_ahead().
  const serialized_block* use(std::uint64_t number);

  // Lets all go that was used.
  void clear_used() { evict(memory_.budget().used()); }

  // Blocks read so far, and of use() that found nothing.
  std::uint64_t read() const noexcept { return read_; }
  std::uint64_t misses() const noexcept { return misses_; }
  std::size_t size() const noexcept { return by_use_.size(); }
  component_memory& memory() noexcept { return memory_; }
  component_sample sample() const;

 private:
  struct entry {
    entry(std::shared_ptr<accounted_resource> arena, std::uint64_t at, const serialized_block& read)
        : memory(std::move(arena)),
          number(at),
          stored{byte_string(read.bytes, memory.get()), read.file, read.offset} {}

    std::shared_ptr<accounted_resource> memory;  // first, so that it ends last
    std::uint64_t number;
    serialized_block stored;
    bool was_used = false;
  };

  void evict(std::size_t bytes);

  component_memory memory_;
  std::list<std::unique_ptr<entry>> by_use_;
  std::unordered_map<std::uint64_t, std::list<std::unique_ptr<entry>>::iterator> by_number_;
  std::optional<serialized_block> next_;  // read, and not yet in
  std::uint64_t read_ = 0;
  std::uint64_t misses_ = 0;
  eviction_counts evictions_;
};

}  // namespace nearmem::fullnode
