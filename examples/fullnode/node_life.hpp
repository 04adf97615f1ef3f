#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <nearmem/alloc/page_source.hpp>
#include <nearmem/alloc/resource_options.hpp>
#include <nearmem/alloc/unsynchronized_slab_resource.hpp>
#include <nearmem/topology/placement.hpp>

#include "examples/fullnode/block_source.hpp"
#include "examples/fullnode/coins_cache.hpp"
#include "examples/fullnode/held_block.hpp"
#include "examples/fullnode/life_books.hpp"
#include "examples/fullnode/life_report.hpp"
#include "examples/fullnode/mempool.hpp"
#include "examples/fullnode/sha256.hpp"

namespace nearmem::fullnode {

// A full node's memory life: blocks come, their transactions wait in the mempool, then the block
// confirms them and changes the coins.
//
//   block_source ── read ─► block_  ── enter ──► mempool_ (transactions but for the coinbase)
//                             │                     ▲
//                             ├──── connect ─► coins_ (spends inputs, adds outputs)
//                             └──── confirm ────────┘ when the next block was read; then the arena
//                                                     of the block is released, whole
//
// report() is taken when the last block changed the coins and its transactions have not left the
// mempool yet: the one moment at which all three are full, as in a real node between the connecting
// of a block and the cleaning of its mempool.
//
// Each has a resource of its own, so that dynamic_usage() of its containers is what the resource is
// charged, to the byte; that and the other identities are looked at after every block.
//
// Thread rule: one thread at a time.
class node_life {
 public:
  // Lives on `pages`, or the process's where that is nullptr, placed as `where` says.
  explicit node_life(const placement& where = {}, page_source* pages = nullptr);
  node_life(const node_life&) = delete;
  node_life& operator=(const node_life&) = delete;

  // Lives through the source's next block; false after its last. Throws input_error, and what
  // allocation throws; the life is over then. O(the block).
  bool live_next(block_source& source);

  std::uint64_t blocks() const noexcept { return report_.blocks; }

  // Ends the life, and says what it came to. Once only. O(all that is held).
  life_report report();

 private:
  // What dies at the end of the life, while its books are still open.
  struct memory {
    memory(const placement& where, page_source* pages, std::uint64_t salt);

    unsynchronized_slab_resource coins_memory;
    unsynchronized_slab_resource mempool_memory;
    coins_cache coins;
    mempool waiting;
    std::unique_ptr<held_block> block;
  };

  void settle();
  void enter_mempool();
  void connect();
  std::optional<std::int64_t> fee_of(const transaction& arrived) const;
  std::vector<component> components() const;

  placement where_;
  page_source* pages_;
  sha256 hasher_;
  life_books books_;
  std::unique_ptr<memory> memory_;
  life_report report_;
};

}  // namespace nearmem::fullnode
