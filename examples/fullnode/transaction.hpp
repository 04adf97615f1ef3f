#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <tuple>
#include <vector>

#include <nearmem/accounting/dynamic_usage_traits.hpp>

#include "examples/fullnode/byte_reader.hpp"
#include "examples/fullnode/outpoint.hpp"
#include "examples/fullnode/sha256.hpp"

namespace nearmem::fullnode {

// Everything below lies, whole, in the memory of the resource that it is made with; what is copied
// names the resource it is copied to. There is no copy without one: it would slip to the default
// resource, out of every account.
using node_allocator = std::pmr::polymorphic_allocator<std::byte>;
using byte_string = std::pmr::vector<std::byte>;

struct transaction_input {
  using allocator_type = node_allocator;

  explicit transaction_input(allocator_type memory) : script(memory), witness(memory) {}
  transaction_input(const transaction_input& other, allocator_type memory);
  transaction_input(transaction_input&& other, allocator_type memory);
  transaction_input(transaction_input&& other) noexcept = default;

  outpoint spends;
  std::uint32_t sequence = 0;
  byte_string script;
  std::pmr::vector<byte_string> witness;
};

struct transaction_output {
  using allocator_type = node_allocator;

  explicit transaction_output(allocator_type memory) : script(memory) {}
  transaction_output(const transaction_output& other, allocator_type memory);
  transaction_output(transaction_output&& other, allocator_type memory);
  transaction_output(transaction_output&& other) noexcept = default;

  std::int64_t value = 0;  // in satoshi
  byte_string script;
};

struct transaction {
  using allocator_type = node_allocator;

  explicit transaction(allocator_type memory) : inputs(memory), outputs(memory) {}
  transaction(const transaction& other, allocator_type memory);
  transaction(transaction&& other, allocator_type memory);
  transaction(transaction&& other) noexcept = default;

  bool is_coinbase() const noexcept {
    return inputs.size() == 1 && inputs.front().spends == no_outpoint;
  }

  hash256 id;  // of the serialisation without witness
  std::uint32_t version = 0;
  std::uint32_t lock_time = 0;
  std::uint32_t serialized_bytes = 0;  // with witness
  std::pmr::vector<transaction_input> inputs;
  std::pmr::vector<transaction_output> outputs;
};

// The next transaction, with or without witness data. Throws format_error. O(bytes).
transaction read_transaction(byte_reader& reader, sha256& hasher, node_allocator memory);

// Bytes of the smallest transaction: no witness, one input and one output with empty scripts.
inline constexpr std::size_t least_transaction_bytes = 4 + 1 + 41 + 1 + 9 + 4;

}  // namespace nearmem::fullnode

template <>
struct nearmem::dynamic_usage_traits<nearmem::fullnode::transaction_input> {
  static auto members(const nearmem::fullnode::transaction_input& x) {
    return std::tie(x.script, x.witness);
  }
};
template <>
struct nearmem::dynamic_usage_traits<nearmem::fullnode::transaction_output> {
  static auto members(const nearmem::fullnode::transaction_output& x) { return std::tie(x.script); }
};
template <>
struct nearmem::dynamic_usage_traits<nearmem::fullnode::transaction> {
  static auto members(const nearmem::fullnode::transaction& x) {
    return std::tie(x.inputs, x.outputs);
  }
};
