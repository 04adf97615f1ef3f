#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <tuple>
#include <vector>

#include <nearmem/accounting/dynamic_usage_traits.hpp>

#include "examples/fullnode/byte_reader.hpp"
#include "examples/fullnode/sha256.hpp"
#include "examples/fullnode/transaction.hpp"

namespace nearmem::fullnode {

struct block_header {
  static constexpr std::size_t serialized_bytes = 80;

  std::uint32_t version = 0;
  hash256 previous;
  hash256 merkle_root;
  std::uint32_t time = 0;
  std::uint32_t bits = 0;
  std::uint32_t nonce = 0;
};

// A block, whole in the memory of one resource: an arena's, which is released with it.
struct block {
  explicit block(node_allocator memory) : transactions(memory) {}

  block_header header;
  hash256 id;  // the header's double SHA-256
  std::pmr::vector<transaction> transactions;
};

// The next block. Throws format_error: where the bytes are not a block, where its first transaction
// is not its only coinbase, and where its transactions' Merkle root is not the header's. O(bytes).
block read_block(byte_reader& reader, sha256& hasher, node_allocator memory);

}  // namespace nearmem::fullnode

template <>
struct nearmem::dynamic_usage_traits<nearmem::fullnode::block> {
  static auto members(const nearmem::fullnode::block& x) { return std::tie(x.transactions); }
};
