#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <optional>
#include <random>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/alloc/synchronized_slab_resource.hpp>

#include "tests/alloc/books.hpp"
#include "tests/alloc/simulated_machine.hpp"
#include "tests/support/seed.hpp"

namespace nearmem {
namespace {

struct block {
  unsigned char* address;
  std::size_t bytes;
  std::size_t alignment;
  unsigned char pattern;
};

// Blocks on their way from thread to thread.
class exchange {
 public:
  void put(const block& one) {
    const std::lock_guard lock(mutex_);
    blocks_.push_back(one);
  }
  std::optional<block> take(std::uint64_t which) {
    const std::lock_guard lock(mutex_);
    if (blocks_.empty()) return {};
    std::swap(blocks_[which % blocks_.size()], blocks_.back());
    const block one = blocks_.back();
    blocks_.pop_back();
    return one;
  }
  std::size_t charge_in(const accounted_resource& resource) {
    const std::lock_guard lock(mutex_);
    std::size_t sum = 0;
    for (const block& one : blocks_)
      sum += resource.charge_for(one.bytes, one.alignment);
    return sum;
  }

 private:
  std::mutex mutex_;
  std::vector<block> blocks_;
};

bool is_whole(const block& one) {
  return std::all_of(one.address, one.address + one.bytes,
                     [&one](unsigned char byte) { return byte == one.pattern; });
}

// What one thread does from its beginning to its end.
class schedule {
 public:
  schedule(synchronized_slab_resource& resource, exchange& others, std::uint64_t seed)
      : resource_(resource), others_(others), random_(seed) {}

  void run(int steps) {
    const std::uint64_t habit = random_() % 4;  // takes, gives, keeps, or changes
    for (int i = 0; i < steps; ++i) {
      const std::uint64_t what = random_() % 100;
      if (what < (habit == 0 ? 60u : 45u)) {
        own_.push_back(make());
        if (habit == 1 || random_() % 3 == 0) pass_on();
      } else if (what < 70) {
        pass_on();
      } else if (what < 97) {
        if (habit != 0 && random_() % 2 == 0) {
          if (auto one = others_.take(random_())) drop(*one);
        } else if (!own_.empty()) {
          drop(own(random_()));
        }
      } else if (what == 97 && random_() % 8 == 0) {
        resource_.trim();
      } else if (what == 98) {
        const sharing_counts now = resource_.sharing();
        EXPECT_GE(now.remote_frees, seen_.remote_frees);
        EXPECT_GE(now.remote_operations, seen_.remote_operations);
        EXPECT_GE(now.locks, seen_.locks);
        seen_ = now;
        EXPECT_LE(resource_.usage().metadata, std::size_t{64} << 20);
      }
    }
    while (!own_.empty())
      random_() % 4 == 0 ? drop(own(random_())) : pass_on();
  }

 private:
  block make() {
    static constexpr std::array<std::size_t, 12> sizes{16,  24,  48,  64,   64,   64,
                                                       100, 128, 360, 1000, 5000, 40'000};
    block one{};
    one.bytes = sizes[random_() % (random_() % 8 == 0 ? 12 : 9)];
    one.alignment = random_() % 32 == 0 ? 256 : 8;
    one.pattern = static_cast<unsigned char>(random_());
    one.address = static_cast<unsigned char*>(resource_.allocate(one.bytes, one.alignment));
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(one.address) % one.alignment, 0u);
    std::memset(one.address, one.pattern, one.bytes);
    return one;
  }
  block own(std::uint64_t which) {
    std::swap(own_[which % own_.size()], own_.back());
    const block one = own_.back();
    own_.pop_back();
    return one;
  }
  void pass_on() {
    if (!own_.empty()) others_.put(own(random_()));
  }
  void drop(const block& one) {
    EXPECT_TRUE(is_whole(one));
    resource_.deallocate(one.address, one.bytes, one.alignment);
  }

  synchronized_slab_resource& resource_;
  exchange& others_;
  std::mt19937_64 random_;
  std::vector<block> own_;
  sharing_counts seen_;
};

// Rounds of up to eight threads; the books are held against what is live between rounds.
void run_rounds(synchronized_slab_resource& resource, const machine& hardware, std::uint64_t seed,
                int rounds, int steps) {
  std::mt19937_64 random(seed);
  exchange blocks;
  for (int round = 0; round < rounds; ++round) {
    std::vector<std::thread> threads;
    for (std::uint64_t i = 0, count = 1 + random() % 8; i < count; ++i) {
      threads.emplace_back([&, own_seed = random(), node = random() % hardware.nodes().size()] {
        const this_thread::assumed_node here(hardware.nodes()[node].id);
        schedule(resource, blocks, own_seed).run(steps);
      });
    }
    schedule(resource, blocks, random()).run(steps / 4);
    for (std::thread& thread : threads)
      thread.join();
    EXPECT_EQ(resource.usage().charged, blocks.charge_in(resource));
    expect_balanced(resource, hardware);
    ASSERT_FALSE(testing::Test::HasFailure()) << "round " << round;
  }
  while (auto one = blocks.take(0))
    resource.deallocate(one->address, one->bytes, one->alignment);
  expect_balanced(resource, hardware);
  EXPECT_EQ(resource.usage().charged, 0u);
  resource.trim();
  EXPECT_EQ(resource.footprint(), 0u);
  expect_balanced(resource, hardware);
}

TEST(synchronized_slab_resource_conservation, holds_on_one_node) {
  simulated_machine simulated("numa:1(memory=64MB) core:4 pu:1");
  page_source source = simulated.make();
  resource_options options;
  options.pages = &source;
  synchronized_slab_resource resource(options);
  run_rounds(resource, simulated.hardware, test_seed(), 12, 4000);
  EXPECT_TRUE(source.audit());
}

TEST(synchronized_slab_resource_conservation, holds_on_eight_nodes) {
  simulated_machine simulated;
  page_source source = simulated.make();
  resource_options options;
  options.pages = &source;
  synchronized_slab_resource resource(options);
  run_rounds(resource, simulated.hardware, test_seed() + 1, 12, 4000);
  EXPECT_TRUE(source.audit());
}

TEST(synchronized_slab_resource_conservation, holds_where_every_cell_has_its_own_line) {
  simulated_machine simulated("numa:2(memory=64MB) core:4 pu:1");
  page_source source = simulated.make();
  resource_options options;
  options.pages = &source;
  options.cell_alignment = 64;
  synchronized_slab_resource resource(options);
  run_rounds(resource, simulated.hardware, test_seed() + 2, 8, 4000);
}

}  // namespace
}  // namespace nearmem
