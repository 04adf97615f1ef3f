#include <atomic>
#include <cstddef>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/alloc/arena.hpp>
#include <nearmem/alloc/arena_pool.hpp>
#include <nearmem/alloc/arena_resource.hpp>
#include <nearmem/alloc/concurrent_arena.hpp>
#include <nearmem/alloc/slab_cache.hpp>
#include <nearmem/alloc/snapshot.hpp>
#include <nearmem/alloc/synchronized_slab_resource.hpp>
#include <nearmem/alloc/unsynchronized_slab_resource.hpp>

#include "tests/alloc/simulated_machine.hpp"

// What is read of a thing while its owners work adds up like what is read of one at rest.
namespace nearmem {
namespace {

constexpr int readings = 100'000;
constexpr int snapshots = 2'000;

resource_options options_for(page_source& pages) {
  resource_options options;
  options.name = "busy";
  options.pages = &pages;
  // Over all nodes, so that there is a sum over nodes that can be wrong.
  options.where = placement::interleave({node_id{0}, node_id{1}, node_id{2}});
  return options;
}

bool adds_up(const resource_usage& usage) {
  return usage.footprint == usage.charged + usage.unused + usage.metadata &&
         usage.footprint <= usage.peak_footprint && usage.requested.value_or(0) <= usage.charged;
}

bool adds_up(const resource_description& description) {
  bool sound = true;
  for (const size_class_usage& one : description.size_classes) {
    sound =
        sound && one.used + one.free == one.cells && one.cells * one.cell_bytes <= one.slab_bytes;
  }
  for (const arena_usage& one : description.arenas) {
    sound = sound && one.used_bytes <= one.block_bytes && one.cursor <= one.end &&
            (one.blocks == 0) == (one.block_bytes == 0);
  }
  return sound;
}

void expect_adds_up(const statistics& all) {
  std::size_t named = 0;
  for (const resource_statistics& one : all.resources) {
    EXPECT_TRUE(adds_up(one.usage));
    EXPECT_TRUE(adds_up(one.description));
    std::size_t on_nodes = 0;
    for (const auto& [node, usage] : one.nodes)
      on_nodes += usage.footprint;
    EXPECT_EQ(one.usage.footprint, on_nodes);
    named += one.usage.footprint;
  }
  std::size_t on_nodes = 0;
  for (const node_statistics& node : all.nodes)
    on_nodes += node.footprint;
  EXPECT_EQ(all.pages.named, named);
  EXPECT_EQ(on_nodes, named);
  EXPECT_EQ(all.pages.committed, all.pages.named + all.pages.unnamed + all.pages.own);
}

// Reads a thing while each of `workers` threads does `work(round)` again and again.
template <class Thing, class Work>
void read_beside(const Thing& thing, page_source& pages, int workers, Work work) {
  std::atomic<bool> done{false};
  std::atomic<int> at_work{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < workers; ++i) {
    threads.emplace_back([&] {
      for (unsigned round = 0; !done; ++round) {
        work(round);
        if (round == 0) ++at_work;
      }
    });
  }
  while (at_work < workers)
    std::this_thread::yield();
  int wrong = 0;
  for (int i = 0; i < readings; ++i)
    wrong += adds_up(thing.usage()) ? 0 : 1;
  EXPECT_EQ(wrong, 0) << "of " << readings;
  for (int i = 0; i < snapshots; ++i)
    expect_adds_up(snapshot(pages));
  done = true;
  for (std::thread& thread : threads)
    thread.join();
  expect_adds_up(snapshot(pages));
}

TEST(live_reading, of_an_arena_adds_up) {
  simulated_machine machine;
  page_source pages = machine.make();
  arena bump(options_for(pages));
  read_beside(bump, pages, 1, [&](unsigned round) {
    for (unsigned i = 0; i < 300; ++i)
      static_cast<void>(bump.allocate_aligned(100 + i % 50));
    const arena::marker mark = bump.mark();
    for (unsigned i = 0; i < 10; ++i)
      static_cast<void>(bump.allocate(3'000));
    bump.rewind(mark);
    if (round % 2 == 0) {
      bump.release();
    } else {
      bump.reset();
    }
  });
}

TEST(live_reading, of_an_arena_resource_adds_up) {
  simulated_machine machine;
  page_source pages = machine.make();
  arena_resource memory(options_for(pages));
  read_beside(memory, pages, 1, [&](unsigned) {
    for (std::size_t i = 0; i < 300; ++i) {
      void* const block = memory.allocate(64 + i, 8);
      if (i % 3 == 0) memory.deallocate(block, 64 + i, 8);
    }
    memory.release();
  });
}

TEST(live_reading, of_a_concurrent_arena_adds_up) {
  simulated_machine machine;
  page_source pages = machine.make();
  concurrent_arena shared(options_for(pages));
  // It grows only, as nobody may take anything back beside others.
  read_beside(shared, pages, 2, [&](unsigned round) {
    if (round > 20'000) return std::this_thread::yield();
    for (std::size_t i = 0; i < 10; ++i)
      static_cast<void>(shared.allocate_aligned(20 + i));
  });
}

TEST(live_reading, of_an_arena_pool_adds_up) {
  simulated_machine machine;
  page_source pages = machine.make();
  arena_options options(options_for(pages));
  arena_pool pool(options);
  read_beside(pool, pages, 2, [&](unsigned) {
    const arena_lease mine = pool.lease();
    for (std::size_t i = 0; i < 300; ++i)
      static_cast<void>(mine->allocate_aligned(100 + i));
  });
}

// Takes many blocks, and gives them back.
template <class Resource>
void churn(Resource& memory) {
  std::vector<std::pair<void*, std::size_t>> blocks;
  for (std::size_t i = 0; i < 500; ++i) {
    const std::size_t bytes = 16 + i % 40 * 16;
    blocks.emplace_back(memory.allocate(bytes, 8), bytes);
  }
  blocks.emplace_back(memory.allocate(100'000, 8), 100'000);
  for (const auto& [block, bytes] : blocks)
    memory.deallocate(block, bytes, 8);
}

TEST(live_reading, of_an_unsynchronized_slab_resource_adds_up) {
  simulated_machine machine;
  page_source pages = machine.make();
  unsynchronized_slab_resource memory(options_for(pages));
  read_beside(memory, pages, 1, [&](unsigned round) {
    churn(memory);
    if (round % 2 == 0) memory.trim();
    if (round % 8 == 1) memory.release();
  });
}

TEST(live_reading, of_a_synchronized_slab_resource_adds_up) {
  simulated_machine machine;
  page_source pages = machine.make();
  synchronized_slab_resource memory(options_for(pages));
  read_beside(memory, pages, 2, [&](unsigned round) {
    churn(memory);
    if (round % 2 == 0) memory.trim();
  });
}

template <slab_return Return>
void read_beside_a_slab_cache() {
  struct coin {
    std::byte bytes[48];
  };
  simulated_machine machine;
  page_source pages = machine.make();
  slab_cache<coin, build_checks, Return> cache(options_for(pages));
  read_beside(cache, pages, 1, [&](unsigned round) {
    std::vector<void*> cells;
    for (std::size_t i = 0; i < 2'000; ++i)
      cells.push_back(cache.allocate());
    for (void* const cell : cells)
      cache.deallocate(cell);
    if (round % 2 == 0) cache.trim();
  });
}

TEST(live_reading, of_a_slab_cache_adds_up) {
  read_beside_a_slab_cache<slab_return::when_empty>();
}

TEST(live_reading, of_a_slab_cache_by_trim_adds_up) {
  read_beside_a_slab_cache<slab_return::by_trim>();
}

}  // namespace
}  // namespace nearmem
