// Threads that move from node to node and free each other's blocks: every page stays on its slot's
// node, and no thread is handed a block of a node that it has left.
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <random>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/alloc/arena_pool.hpp>
#include <nearmem/alloc/synchronized_slab_resource.hpp>

#include "lies_on.hpp"
#include "on_node.hpp"
#include "real_pages.hpp"
#include "tests/support/seed.hpp"

namespace nearmem {
namespace {

constexpr std::size_t thread_count = 4;
constexpr std::size_t stays = 25;               // of each thread on some node
constexpr std::size_t steps_of_a_stay = 10000;  // a block allocated, and another one freed
static_assert(thread_count * stays * steps_of_a_stay == 1'000'000);

struct block {
  std::byte* data = nullptr;
  std::size_t bytes = 0;
};

// Blocks on their way from thread to thread.
class exchange {
 public:
  std::unique_ptr<block> swap(std::size_t place, std::unique_ptr<block> given) {
    return std::unique_ptr<block>(places_[place % places_.size()].exchange(given.release()));
  }
  // Once no thread swaps any more.
  template <class Visit>
  void clear(Visit visit) {
    for (std::atomic<block*>& place : places_) {
      if (const auto left = std::unique_ptr<block>(place.exchange(nullptr))) visit(*left);
    }
  }
  ~exchange() {
    clear([](const block&) {});
  }

 private:
  std::array<std::atomic<block*>, 4096> places_{};
};

// What a thread was handed while it stayed on a node.
struct stay {
  std::size_t at_home = 0;
  std::size_t from_before = 0;    // of nodes that it was on earlier
  std::size_t after_turning = 0;  // the same, after a block of this node
};

class traveller {
 public:
  traveller(page_source& source, synchronized_slab_resource& memory, exchange& others,
            std::uint64_t seed)
      : source_(source), memory_(memory), others_(others), random_(seed) {}

  // A second time on the same node would prove nothing.
  std::vector<stay> travel(const std::vector<node_id>& nodes) {
    std::vector<stay> seen;
    std::size_t at = random_() % nodes.size();
    for (std::size_t i = 0; i < stays; ++i) {
      at = (at + 1 + random_() % (nodes.size() - 1)) % nodes.size();
      seen.push_back(stay_on(nodes[at]));
    }
    return seen;
  }

 private:
  stay stay_on(node_id node) {
    run_only_on(node);
    const node_id home = nearest_first(node, allowed_memory_nodes()).front();
    stay here;
    for (std::size_t step = 0; step < steps_of_a_stay; ++step) {
      auto made = std::make_unique<block>();
      made->bytes = 1 + random_() % 600;
      made->data = static_cast<std::byte*>(memory_.allocate(made->bytes, 8));
      std::memset(made->data, static_cast<int>(made->bytes % 251), made->bytes);
      if (source_.home_of(made->data) == home) {
        ++here.at_home;
      } else {
        ++here.from_before;
        if (here.at_home != 0) ++here.after_turning;
      }
      if (const auto old = others_.swap(random_(), std::move(made))) take_apart(*old);
    }
    return here;
  }

  void take_apart(const block& old) {
    const auto expected = static_cast<std::byte>(old.bytes % 251);
    if (old.data[0] != expected || old.data[old.bytes - 1] != expected) ++changed;
    memory_.deallocate(old.data, old.bytes, 8);
  }

  page_source& source_;
  synchronized_slab_resource& memory_;
  exchange& others_;
  std::mt19937_64 random_;

 public:
  std::size_t changed = 0;  // blocks that did not hold what was written
};

// By the kernel's count, every page of each node's slot lies on the slot's node; returns the bytes
// by node.
std::map<node_id, std::size_t> expect_all_at_home(const real_pages& pages) {
  std::map<node_id, std::size_t> bytes;
  for (const mapped_pages& each : mappings_in(pages.source.ranges().front())) {
    const auto home = pages.source.home_of(reinterpret_cast<const void*>(each.begin));
    for (const auto& [node, count] : each.pages) {
      EXPECT_EQ(home, node) << count << " pages at " << std::hex << each.begin;
      bytes[node] += count * pages.source.page_bytes();
    }
  }
  return bytes;
}

TEST(guest_migration, keeps_every_page_at_home_while_threads_move_and_free_each_others_blocks) {
  const std::vector<node_id> nodes = nodes_to_run_on();
  ASSERT_GT(nodes.size(), 1U);
  real_pages pages;
  synchronized_slab_resource memory(resource_options{.pages = &pages.source});
  exchange others;
  std::array<std::vector<stay>, thread_count> seen;
  std::atomic<std::size_t> changed{0};
  const std::uint64_t seed = test_seed();
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < thread_count; ++i) {
    threads.emplace_back([&, i] {
      traveller one(pages.source, memory, others, seed + i);
      seen[i] = one.travel(nodes);
      changed += one.changed;
    });
  }
  for (std::thread& thread : threads)
    thread.join();

  EXPECT_EQ(changed, 0U);
  std::size_t at_home = 0;
  std::size_t from_before = 0;
  for (const std::vector<stay>& stays_of_one : seen) {
    for (const stay& each : stays_of_one) {
      EXPECT_EQ(each.after_turning, 0U);
      EXPECT_GT(each.at_home, each.from_before);
      at_home += each.at_home;
      from_before += each.from_before;
    }
  }
  // What a thread still has of a node that it left, until it looks where it is.
  EXPECT_LT(from_before, at_home / 100);
  for (const node_id from : allowed_memory_nodes()) {
    for (const node_id to : allowed_memory_nodes())
      EXPECT_EQ(pages.source.spilled(from, to), 0U);
  }
  const std::map<node_id, std::size_t> mapped = expect_all_at_home(pages);
  for (const node_id node : allowed_memory_nodes()) {
    const auto found = mapped.find(node);
    EXPECT_EQ(memory.usage(node).footprint, found == mapped.end() ? 0 : found->second);
  }
  const node_residency audited = memory.audit_residency().total();
  EXPECT_EQ(audited.misplaced, 0U);
  EXPECT_EQ(audited.resident, audited.pages);
  EXPECT_TRUE(memory.audit());
  others.clear([&](const block& left) { memory.deallocate(left.data, left.bytes, 8); });
  EXPECT_EQ(memory.usage().charged, 0U);
}

TEST(guest_migration, leases_arenas_on_the_node_where_the_thread_is) {
  real_pages pages;
  arena_pool pool(resource_options{.pages = &pages.source});
  node_set homes;
  for (int round = 0; round < 3; ++round) {
    for (const node_id node : nodes_to_run_on()) {
      const node_id home = nearest_first(node, allowed_memory_nodes()).front();
      homes.insert(home);
      on_node(node, [&] {
        arena_lease lease = pool.lease();
        EXPECT_EQ(lease.node(), home);
        for (int i = 0; i < 100; ++i) {
          auto* const data = static_cast<std::byte*>(lease->allocate(3000));
          std::memset(data, 1, 3000);
          ASSERT_TRUE(lies_on({data, 3000}, home));
        }
      });
    }
  }
  // Those of earlier rounds, whose threads have ended, served again.
  EXPECT_EQ(pool.arenas(), homes.size());
  expect_all_at_home(pages);
}

}  // namespace
}  // namespace nearmem
