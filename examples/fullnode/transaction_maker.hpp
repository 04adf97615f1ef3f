#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "examples/fullnode/block_shape.hpp"
#include "examples/fullnode/byte_writer.hpp"
#include "examples/fullnode/profile.hpp"
#include "examples/fullnode/sha256.hpp"
#include "examples/fullnode/wallet.hpp"

namespace nearmem::fullnode {

// Makes transactions as they come over the wire, that spend what a wallet has. The same seed and
// wallet give the same bytes.
//
// Thread rule: one thread at a time; several makers may share a wallet.
class transaction_maker {
 public:
  // Fees are drawn from these, in satoshi for a byte.
  struct fees {
    std::uint64_t least = 1;
    std::uint64_t most = 100;
  };

  // `coins` must outlive it.
  transaction_maker(profile shape, std::uint64_t seed, wallet& coins);

  // The next transaction, or nothing while the wallet is empty. Holds until the next call.
  std::optional<std::span<const std::byte>> make(const fees& paid);
  // One that spends the first output of the one made before: the next make() or make_child() has no
  // effect on it. Of profile bitcoin only.
  std::span<const std::byte> make_child(std::span<const std::byte> parent, const fees& paid);
  // One that spends what the one made last spends, and is another.
  std::span<const std::byte> make_conflict();

  // Puts what the one made last spends back into the wallet: it was not taken.
  void give_back();

  random_source& random() noexcept { return random_; }

 private:
  void write_bitcoin(std::size_t inputs, const transaction_shape& shape, const fees& paid);
  void write_private(const fees& paid);
  void write_output(byte_writer& writer, std::int64_t value, std::size_t script_bytes);
  // Bytes that differ from place to place, copied from ones drawn once; stamped to be unique.
  void write_noise(byte_writer& writer, std::size_t bytes);

  profile profile_;
  random_source random_;
  wallet& wallet_;
  sha256 hasher_;
  std::vector<std::byte> noise_;
  std::vector<std::byte> bytes_;           // the transaction made last
  std::vector<std::byte> child_bytes_;     // the child or conflict made last
  std::vector<wallet::owned_coin> spent_;  // by the one made last
};

}  // namespace nearmem::fullnode
