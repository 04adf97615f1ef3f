#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "examples/fullnode/byte_reader.hpp"
#include "examples/fullnode/profile.hpp"
#include "examples/fullnode/sha256.hpp"
#include "examples/fullnode/transaction.hpp"
#include "examples/fullnode/transaction_maker.hpp"
#include "examples/fullnode/wallet.hpp"

namespace nearmem::fullnode {

// Transactions as they come to a node, each another.
class incoming {
 public:
  explicit incoming(profile shape = profile::priv, std::uint64_t seed = 1)
      : maker_(shape, seed, wallet_) {
    for (std::uint32_t i = 0; i < coins; ++i)
      wallet_.put({{hash256{{std::byte{7}}}, i}, 1'000'000'000});
  }

  transaction next(transaction_maker::fees paid = {}) { return read(*maker_.make(paid)); }
  transaction conflict() { return read(maker_.make_conflict()); }

 private:
  static constexpr std::uint32_t coins = 100'000;

  transaction read(std::span<const std::byte> bytes) {
    byte_reader reader(bytes);
    return read_transaction(reader, hasher_, {});
  }

  wallet wallet_{coins};
  transaction_maker maker_;
  sha256 hasher_;
};

}  // namespace nearmem::fullnode
