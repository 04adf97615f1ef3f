#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "examples/fullnode/block_shape.hpp"
#include "examples/fullnode/block_source.hpp"
#include "examples/fullnode/byte_writer.hpp"
#include "examples/fullnode/sha256.hpp"

namespace nearmem::fullnode {

// What to generate. The same values give the same bytes on every machine.
struct generation {
  std::uint64_t seed = 1;
  std::uint64_t count = 200;                     // blocks
  std::uint64_t transactions_per_block = 1'557;  // its coinbase included; at least 1
  // Outputs of earlier blocks that may be spent yet: the oldest beyond that never are, so that what
  // the generator remembers is bounded.
  std::size_t most_unspent = std::numeric_limits<std::size_t>::max();
};

// A chain of blocks that no network ever saw, for a node's memory life without a node's data.
//
// Each block names the one before it, has a right Merkle root and passes every check that a real
// one passes here; nobody worked for it (its nonce is 0). Transactions have the shapes that
// draw_shape() draws. Of their inputs, 6 in 100 spend an output of the same block, as in block
// 413,567, 34 an output of an earlier one of the chain, and 60 a coin older than the chain, which a
// node that starts here cannot know: so the coins grow from block to block, as they did then.
//
// What the generator remembers is its own, on the ordinary heap, not the node's.
//
// Thread rule: one thread at a time.
class block_generator final : public block_source {
 public:
  explicit block_generator(const generation& wanted);

  std::optional<serialized_block> next(node_allocator memory) override;

 private:
  // An output that the chain has not spent.
  struct unspent {
    outpoint point;
    std::uint64_t value;
  };

  void write_coinbase(byte_writer& writer);
  void write_transaction(byte_writer& writer);
  // Writes the inputs; returns what they bring in, as far as their coins are the chain's.
  std::uint64_t write_inputs(byte_writer& writer, const transaction_shape& shape);
  // `output` has no id yet.
  void write_output(byte_writer& writer, const unspent& output, std::size_t script_bytes);
  void write_random(byte_writer& writer, std::size_t bytes);
  // What the next input spends.
  unspent take_coin();
  // Ends a transaction that began at `start` of body_: it has an id from here on.
  void finish_transaction(std::size_t start);

  generation wanted_;
  random_source random_;
  sha256 hasher_;
  std::uint64_t height_ = 0;
  hash256 previous_{};
  std::vector<unspent> earlier_;      // outputs of earlier blocks
  std::vector<unspent> same_block_;   // outputs of the block being made
  std::vector<unspent> transaction_;  // outputs of the transaction being made, without an id yet
  std::vector<std::byte> body_;       // the block's transactions so far
  std::vector<hash256> ids_;          // their ids
};

}  // namespace nearmem::fullnode
