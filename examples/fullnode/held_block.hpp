#pragma once

#include <cstddef>
#include <optional>

#include <nearmem/alloc/arena_resource.hpp>
#include <nearmem/alloc/resource_options.hpp>

#include "examples/fullnode/block.hpp"
#include "examples/fullnode/block_source.hpp"
#include "examples/fullnode/sha256.hpp"

namespace nearmem::fullnode {

// A block in an arena of its own: as it was stored, and read. The arena goes with it, whole.
//
//   arena_ ├─ stored bytes ─┼─ transactions, inputs, outputs, scripts ─┼─ (Merkle tree, dead) ─┤
//
// Thread rule: one thread at a time.
class held_block {
 public:
  explicit held_block(const resource_options& options) : arena_(options) {}

  // Takes the source's next block in, checked; false after the last. Once only. Throws input_error.
  bool read_from(block_source& source, sha256& hasher) {
    stored_ = source.next(&arena_);
    if (!stored_) return false;
    content_.emplace(parse(*stored_, hasher, &arena_));
    return true;
  }

  const block& content() const { return *content_; }
  const arena_resource& memory() const noexcept { return arena_; }
  residency_report audit_residency() { return arena_.audit_residency(); }

  // Sum over everything in the arena, walked: of what it is charged, and of what malloc would cost.
  std::size_t dynamic_usage() const;
  std::size_t modelled_usage() const;

 private:
  arena_resource arena_;  // first, so that it ends last
  std::optional<serialized_block> stored_;
  std::optional<block> content_;
};

}  // namespace nearmem::fullnode
