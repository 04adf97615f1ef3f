#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <vector>

#include "tests/guest/run_in_step.hpp"

// What threads of a node do with memory, cut down to the accesses that decide where it should lie.
// Every block is written whole when it is taken, and read whole twice, by who takes it; who frees
// it does not look inside. So but for `steady`, whatever goes to another node's memory is the
// allocator's doing: blocks that it hands out elsewhere, and its own books. What is counted is the
// second of two equal halves; the first brings memory into the state that lasts.
namespace nearmem::bench {

// Where a thread is among the others.
struct place {
  std::vector<unsigned> cpus;  // of all threads; neighbours are on different nodes
  std::size_t index = 0;
};

struct held_block {
  std::uint64_t* words = nullptr;
  std::uint32_t bytes = 0;
};

inline void read(const held_block& block) {
  for (std::size_t i = 0; i < block.bytes / sizeof(std::uint64_t); ++i)
    static_cast<void>(static_cast<volatile std::uint64_t*>(block.words)[i]);
}

template <class Memory>
held_block take(Memory& memory, std::mt19937_64& random) {
  // Mostly small, as a node's: scripts, nodes of maps, transactions.
  const std::size_t most_words = random() % 8 == 0 ? 128 : 16;
  const auto bytes =
      static_cast<std::uint32_t>((2 + random() % most_words) * sizeof(std::uint64_t));
  const held_block made{static_cast<std::uint64_t*>(memory.allocate(bytes)), bytes};
  std::memset(made.words, 1, bytes);
  read(made);
  read(made);
  return made;
}

template <class Memory>
void give(Memory& memory, held_block& block) {
  if (block.words != nullptr) memory.deallocate(block.words, block.bytes);
  block = {};
}

// Blocks that a thread holds; on its stack, so that only the blocks are counted.
using held_blocks = std::array<held_block, 2000>;

template <class Memory>
void replace_at_random(Memory& memory, held_blocks& held, std::mt19937_64& random,
                       std::size_t times) {
  for (std::size_t i = 0; i < times; ++i) {
    held_block& one = held[random() % held.size()];
    give(memory, one);
    one = take(memory, random);
  }
}

template <class Memory>
void give_all(Memory& memory, held_blocks& held) {
  for (held_block& one : held)
    give(memory, one);
}

// Each thread its own blocks: indexes, caches, a validation worker's.
template <class Memory>
void private_work(Memory& memory, const place& here, const meter::step& step) {
  std::mt19937_64 random(here.index);
  held_blocks held{};
  replace_at_random(memory, held, random, 10000);
  step.count<1>([&] { replace_at_random(memory, held, random, 10000); });
  give_all(memory, held);
}

// Larson's server: who takes over a connection frees what another thread allocated for it.
template <class Memory>
void larson(Memory& memory, const place& here, const meter::step& step) {
  static std::array<held_blocks, meter::most_threads> connections;
  std::mt19937_64 random(here.index);
  std::size_t at = here.index;
  const auto rounds = [&] {
    for (int round = 0; round < 10; ++round) {
      replace_at_random(memory, connections[at], random, 1000);
      step.wait();
      at = (at + 1) % here.cpus.size();
    }
  };
  rounds();
  step.count<1>(rounds);
  give_all(memory, connections[at]);
}

// One thread makes messages, its neighbour on another node frees them.
template <class Memory>
void producer_consumer(Memory& memory, const place& here, const meter::step& step) {
  static std::array<held_blocks, meter::most_threads> queues;
  std::mt19937_64 random(here.index);
  const bool makes = here.index % 2 == 0;
  held_blocks& queue = queues[here.index / 2];
  const auto rounds = [&] {
    for (int round = 0; round < 10; ++round) {
      if (makes) {
        for (held_block& one : queue)
          one = take(memory, random);
      }
      step.wait();
      if (!makes) give_all(memory, queue);
      step.wait();
    }
  };
  rounds();
  step.count<1>(rounds);
}

// Threads that the scheduler moves: each works on, on another node, with what it allocates there.
template <class Memory>
void migration(Memory& memory, const place& here, const meter::step& step) {
  std::mt19937_64 random(here.index);
  held_blocks held{};
  std::size_t at = here.index;
  const auto rounds = [&] {
    for (int round = 0; round < 4; ++round) {
      at = (at + 1) % here.cpus.size();
      meter::run_only_on_cpu(here.cpus[at]);
      replace_at_random(memory, held, random, 10000);
    }
  };
  rounds();
  step.count<1>(rounds);
  give_all(memory, held);
  meter::run_only_on_cpu(here.cpus[here.index]);
}

// A node in its steady state: a thread takes transactions from the network, of a few blocks each,
// and hands them to a thread of another node. That one reads them, keeps them in its pool in the
// place of older ones, and makes and looks up coins of its own.
template <class Memory>
void steady(Memory& memory, const place& here, const meter::step& step) {
  constexpr std::size_t transactions = 100;
  constexpr std::size_t blocks_of_one = 4;
  constexpr std::size_t coin_bytes = 48;
  struct transaction {
    std::array<held_block, blocks_of_one> blocks;
  };
  static std::array<std::array<transaction, transactions>, meter::most_threads> arrived;
  std::mt19937_64 random(here.index);
  std::array<transaction, 500> pool{};
  std::array<held_block, 2000> coins{};
  const auto take_coin = [&] {
    held_block& coin = coins[random() % coins.size()];
    give(memory, coin);
    coin = {static_cast<std::uint64_t*>(memory.allocate(coin_bytes)), coin_bytes};
    std::memset(coin.words, 1, coin_bytes);
  };
  const auto keep = [&](const transaction& next) {
    for (const held_block& block : next.blocks)
      read(block);
    transaction& older = pool[random() % pool.size()];
    for (held_block& block : older.blocks)
      give(memory, block);
    older = next;
    for (std::size_t i = 0; i < blocks_of_one; ++i) {
      read(coins[random() % coins.size()]);
      take_coin();
    }
  };
  const auto rounds = [&] {
    for (int round = 0; round < 10; ++round) {
      for (transaction& next : arrived[here.index]) {
        for (held_block& block : next.blocks)
          block = take(memory, random);
      }
      step.wait();
      for (const transaction& next : arrived[(here.index + 1) % here.cpus.size()])
        keep(next);
      step.wait();
    }
  };
  rounds();
  step.count<1>(rounds);
  for (transaction& each : pool) {
    for (held_block& block : each.blocks)
      give(memory, block);
  }
  for (held_block& coin : coins)
    give(memory, coin);
}

// After threads of different nodes have freed each other's blocks: whether blocks that they take
// then share lines. Only own blocks are written in what is counted.
template <class Memory>
void sharing(Memory& memory, const place& here, const meter::step& step) {
  static std::array<held_blocks, meter::most_threads> blocks;
  const auto take_small = [&](held_blocks& all) {
    for (held_block& one : all)
      one = {static_cast<std::uint64_t*>(memory.allocate(16)), 16};
  };
  held_blocks& own = blocks[here.index];
  for (int round = 0; round < 4; ++round) {
    take_small(own);
    step.wait();
    held_blocks& next = blocks[(here.index + 1) % here.cpus.size()];
    for (held_block& one : next)
      memory.deallocate(one.words, one.bytes);
    step.wait();
  }
  take_small(own);
  step.count<1>([&] {
    for (const held_block& one : own)
      *static_cast<volatile std::uint64_t*>(one.words) = here.index;
  });
  for (held_block& one : own)
    memory.deallocate(one.words, one.bytes);
}

}  // namespace nearmem::bench
