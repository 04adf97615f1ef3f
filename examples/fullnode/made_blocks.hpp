#pragma once

#include <cstdint>
#include <vector>

#include "examples/fullnode/block_source.hpp"
#include "examples/fullnode/sha256.hpp"
#include "examples/fullnode/transaction_maker.hpp"

namespace nearmem::fullnode {

// A chain of blocks of private or minting transactions: each names the one before it and has a
// right Merkle root; nobody worked for it.
//
// Thread rule: one thread at a time.
class made_blocks final : public block_source {
 public:
  made_blocks(profile shape, std::uint64_t seed, std::uint64_t transactions_per_block);

  // Never the last.
  std::optional<serialized_block> next(node_allocator memory) override;

 private:
  wallet no_coins_{0};
  transaction_maker maker_;
  sha256 hasher_;
  std::uint64_t transactions_;
  std::uint64_t height_ = 0;
  hash256 previous_{};
};

}  // namespace nearmem::fullnode
