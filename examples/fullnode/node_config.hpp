#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "examples/fullnode/named.hpp"

namespace nearmem::fullnode {

// The components of a node, in the order in which they are shown.
enum class part { mempool, orphans, blocks, prefetch, coins, memtable, peers };

inline constexpr std::array<std::string_view, 7> part_names = {
    "mempool", "orphans", "blocks", "prefetch", "coins", "memtable", "peers"};

constexpr const auto& names_of(part) noexcept {
  return part_names;
}

// What a node may take, and the rules by which it lets go. Bytes, and counts of arrived
// transactions: a node's clock in a run, as its results must not depend on how fast it runs.
struct node_config {
  std::size_t budget = std::size_t{300} << 20;         // of the whole node
  std::array<std::size_t, part_names.size()> parts{};  // of each; 0: its share of the whole

  std::uint64_t mempool_most_transactions = 0;  // 0: bytes alone decide
  std::uint64_t mempool_expires_after = 500'000;
  std::size_t orphans_peer_limit = 0;  // bytes of one peer; 0: a tenth of the component's
  std::uint64_t orphans_expire_after = 20'000;
  std::uint64_t blocks_kept = 8;  // connected ones, so that they can be disconnected
  std::uint64_t peers = 100;

  // The budget of one part: its own, or its share.
  std::size_t limit_of(part which) const noexcept {
    constexpr std::array<std::size_t, part_names.size()> per_mille = {350, 40, 100, 100,
                                                                      330, 40, 40};
    const auto at = static_cast<std::size_t>(which);
    return parts[at] != 0 ? parts[at] : budget * per_mille[at] / 1000;
  }
};

}  // namespace nearmem::fullnode
