#include <atomic>
#include <cstdlib>
#include <memory>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nearmem/alloc/synchronized_slab_resource.hpp>

#include "tests/alloc/books.hpp"
#include "tests/alloc/simulated_machine.hpp"

namespace nearmem {
namespace {

struct the_life_of_a_synchronized_slab_resource : testing::Test {
  resource_options on_source() {
    resource_options options;
    options.pages = &source;
    return options;
  }

  simulated_machine simulated;
  page_source source = simulated.make();
};

TEST_F(the_life_of_a_synchronized_slab_resource, may_end_before_its_threads) {
  auto resource = std::make_unique<synchronized_slab_resource>(on_source());
  std::atomic<int> step{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 1000; ++n)
        static_cast<void>(resource->allocate(64));
      ++step;
      while (step < 5)
        std::this_thread::yield();
      // The number of the old one fits no memory that a new one is made in.
      synchronized_slab_resource another(on_source());
      another.deallocate(another.allocate(64), 64);
    });
  }
  while (step < 4)
    std::this_thread::yield();
  resource.reset();
  EXPECT_EQ(source.own_usage().committed, source.own_usage().footprint);
  ++step;
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_EQ(source.own_usage().committed, source.own_usage().footprint);
}

TEST_F(the_life_of_a_synchronized_slab_resource, outlasts_threads_that_come_and_go) {
  synchronized_slab_resource resource(on_source());
  std::vector<void*> kept;
  std::size_t largest = 0;
  for (int round = 0; round < 100; ++round) {
    std::thread([&] {
      std::vector<void*> blocks;
      for (int i = 0; i < 400; ++i)
        blocks.push_back(resource.allocate(80));
      kept.push_back(blocks.back());
      blocks.pop_back();
      for (void* block : blocks)
        resource.deallocate(block, 80);
    }).join();
    if (round == 10) largest = resource.footprint();
  }
  // What one thread left the next one has found.
  EXPECT_LE(resource.footprint(), largest * 3 / 2);
  EXPECT_EQ(resource.heaps_count(), 0u);
  expect_balanced(resource, simulated.hardware);
  for (void* block : kept)
    resource.deallocate(block, 80);
}

// Destroyed when its thread's heap is gone already, as it was made first.
struct late_user {
  ~late_user() {
    if (resource == nullptr) return;
    resource->deallocate(block, 64);
    for (int i = 0; i < 10; ++i) {
      void* const late = resource->allocate(100);
      resource->deallocate(late, 100);
    }
    void* const large = resource->allocate(100'000);
    resource->deallocate(large, 100'000);
  }
  synchronized_slab_resource* resource = nullptr;
  void* block = nullptr;
};

TEST_F(the_life_of_a_synchronized_slab_resource, goes_on_in_late_destructors_of_a_thread) {
  synchronized_slab_resource resource(on_source());
  void* const left = resource.allocate(64);
  for (int i = 0; i < 3; ++i) {
    std::thread([&] {
      thread_local late_user user;
      user.resource = &resource;
      user.block = resource.allocate(64);
    }).join();
    EXPECT_EQ(resource.usage().blocks, 1u);
    expect_balanced(resource, simulated.hardware);
  }
  resource.deallocate(left, 64);
  resource.trim();
  EXPECT_EQ(resource.footprint(), 0u);
}

TEST_F(the_life_of_a_synchronized_slab_resource, begins_with_a_late_destructor_if_it_must) {
  synchronized_slab_resource first(on_source());
  synchronized_slab_resource second(on_source());
  std::thread([&] {
    thread_local late_user user;
    user.resource = &second;
    user.block = second.allocate(64);
    static_cast<void>(first.allocate(64));
  }).join();
  EXPECT_EQ(second.usage().blocks, 0u);
  EXPECT_TRUE(second.audit());
}

TEST_F(the_life_of_a_synchronized_slab_resource, has_room_for_more_than_have_slots) {
  std::vector<std::unique_ptr<synchronized_slab_resource>> many;
  std::vector<void*> blocks;
  for (std::size_t i = 0; i < heap_slots::count + 10; ++i) {
    many.push_back(std::make_unique<synchronized_slab_resource>(on_source()));
    blocks.push_back(many.back()->allocate(64));
  }
  for (int round = 0; round < 10; ++round) {
    for (std::size_t i = 0; i < many.size(); ++i) {
      many[i]->deallocate(blocks[i], 64);
      blocks[i] = many[i]->allocate(64);
      ASSERT_EQ(many[i]->usage().blocks, 1u);
      ASSERT_EQ(many[i]->heaps_count(), 1u);
    }
  }
}

// What sleeps keeps its arrays and its partly free slabs; full slabs are there for others.
TEST_F(the_life_of_a_synchronized_slab_resource, does_not_wait_for_who_sleeps) {
  synchronized_slab_resource resource(on_source());
  std::vector<void*> blocks;
  std::atomic<bool> asleep{false};
  std::atomic<bool> wake{false};
  std::thread sleeper([&] {
    for (int i = 0; i < 50'000; ++i)
      blocks.push_back(resource.allocate(64));
    asleep = true;
    while (!wake)
      std::this_thread::yield();
  });
  while (!asleep)
    std::this_thread::yield();
  const std::size_t full = resource.footprint();
  for (void* block : blocks)
    resource.deallocate(block, 64);
  resource.trim();
  EXPECT_EQ(resource.usage().charged, 0u);
  EXPECT_LE(resource.footprint(), full / 8);
  wake = true;
  sleeper.join();
  resource.trim();
  EXPECT_EQ(resource.footprint(), 0u);
}

TEST_F(the_life_of_a_synchronized_slab_resource, goes_on_in_the_child_of_a_fork) {
  synchronized_slab_resource resource;
  void* const block = resource.allocate(64);
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      while (!stop) {
        std::vector<void*> own;
        for (int n = 0; n < 2000; ++n)
          own.push_back(resource.allocate(300));
        for (void* one : own)
          resource.deallocate(one, 300);
        resource.trim();
      }
    });
  }
  for (int i = 0; i < 10; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      resource.deallocate(block, 64);
      std::vector<void*> own;
      for (int n = 0; n < 5000; ++n)
        own.push_back(resource.allocate(64));
      // ThreadSanitizer knows no new threads here.
      for (void* one : own)
        resource.deallocate(one, 64);
      resource.trim();
      const bool whole = resource.usage().footprint >= resource.usage().metadata;
      std::_Exit(whole ? 0 : 1);
    }
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  stop = true;
  for (std::thread& thread : threads)
    thread.join();
  resource.deallocate(block, 64);
  EXPECT_TRUE(resource.audit());
}

}  // namespace
}  // namespace nearmem
