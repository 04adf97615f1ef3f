#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "examples/fullnode/hash256.hpp"
#include "examples/fullnode/outpoint.hpp"

namespace nearmem::fullnode {

using raw_bytes = std::vector<std::byte>;

// Bytes from hexadecimal.
raw_bytes from_hex(std::string_view hex);
// A hash as to_string() writes it.
hash256 hash_from_hex(std::string_view hex);

// A transaction to serialise, in short.
struct sample_input {
  outpoint spends;
  raw_bytes script{};
  std::vector<raw_bytes> witness{};
};
struct sample_output {
  std::int64_t value = 0;
  raw_bytes script{};
};
struct sample_transaction {
  std::vector<sample_input> inputs;
  std::vector<sample_output> outputs;
  bool with_witness = false;
};

// A coinbase that pays `value`; `height` makes its id its own.
sample_transaction sample_coinbase(std::uint8_t height, std::int64_t value = 5'000'000'000);
raw_bytes serialized(const sample_transaction& sample);
// The id that its serialisation without witness has.
hash256 id_of(const sample_transaction& sample);
// A block of these with the right Merkle root, or with `root`.
raw_bytes serialized_block_of(const std::vector<sample_transaction>& samples,
                              std::optional<hash256> root = std::nullopt);

// The first block of Bitcoin's main chain: 285 bytes, known to the byte.
raw_bytes genesis_block();

}  // namespace nearmem::fullnode
