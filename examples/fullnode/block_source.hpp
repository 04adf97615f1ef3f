#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "examples/fullnode/block.hpp"
#include "examples/fullnode/sha256.hpp"
#include "examples/fullnode/transaction.hpp"

namespace nearmem::fullnode {

// One block as it is stored, and where it came from.
struct serialized_block {
  byte_string bytes;
  std::string file;        // what errors in it name
  std::size_t offset = 0;  // of its first byte in the file
};

// Where a node's blocks come from, one after the other.
// Thread rule: one thread at a time.
class block_source {
 public:
  virtual ~block_source() = default;

  // The next block, in the memory given, or nothing after the last. Throws input_error.
  virtual std::optional<serialized_block> next(node_allocator memory) = 0;
};

// Reads the block that `stored` is, all of it. Throws input_error. O(bytes).
block parse(const serialized_block& stored, sha256& hasher, node_allocator memory);

}  // namespace nearmem::fullnode
