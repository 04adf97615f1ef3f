#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <span>

#include "examples/fullnode/component_memory.hpp"
#include "examples/fullnode/sha256.hpp"
#include "examples/fullnode/transaction.hpp"

namespace nearmem::fullnode {

// The buffers of the node's connections, on a slab that all threads share.
//
//   peers_[n] ── inbox   bytes of the message that arrives       ┐
//             ├─ message the transaction that they are           ├ all on memory_
//             └─ outbox  ids that wait to be told to the peer    ┘
//
// An inbox keeps its bytes for the next message, up to a limit. An outbox is told, and emptied,
// when it is full.
//
// Thread rule: any; of one peer, one thread at a time, until done().
class peer_buffers {
 public:
  static constexpr std::size_t kept_inbox_bytes = 8 * 1024;
  static constexpr std::size_t most_announced = 64;

  // `peers` connections, numbered from 0.
  peer_buffers(const component_options& options, std::size_t peers);

  // A message has come: it is buffered and read. nullptr if the budget has no room for it; the
  // transaction holds until done(). Throws format_error.
  const transaction* receive(std::size_t peer, std::span<const std::byte> bytes, sha256& hasher);
  // The peer's transaction was looked at. `announce`: its id is to be told to the peer.
  void done(std::size_t peer, bool announce);

  std::size_t count() const noexcept { return peers_.size(); }
  component_memory& memory() noexcept { return memory_; }
  component_sample sample() const;

 private:
  struct peer {
    explicit peer(node_allocator memory) : inbox(memory), outbox(memory) {}

    mutable std::mutex mutex;  // against sample()
    byte_string inbox;
    std::optional<transaction> message;
    std::pmr::vector<hash256> outbox;
    std::uint64_t told = 0;
  };

  component_memory memory_;
  std::deque<peer> peers_;
};

}  // namespace nearmem::fullnode
