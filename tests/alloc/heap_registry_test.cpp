#include <mutex>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/alloc/heap_registry.hpp>

#include "tests/alloc/supply_on_machine.hpp"

namespace nearmem {
namespace {

// A resource, as far as the registry sees it.
class recorder final : public heap_owner {
 public:
  explicit recorder(shared_slabs& shared) : shared_(shared) {
    const std::lock_guard lock(heap_registry::mutex());
    slot = heap_registry::enlist(*this);
  }
  ~recorder() {
    const std::lock_guard lock(heap_registry::mutex());
    heap_registry::delist(*this);
  }
  // The calling thread's heap from now on.
  owned_heap& make_heap() {
    auto* const made = new owned_heap(*this, shared_, 0);
    const std::lock_guard lock(heap_registry::mutex());
    EXPECT_TRUE(heap_registry::enlist(*made));
    return *made;
  }
  thread_heap& here() const { return heap_slots::at(heap_slots::place_of(slot)); }
  owned_heap* found() const {
    const std::lock_guard lock(heap_registry::mutex());
    return heap_registry::find(*this);
  }

  std::size_t slot = 0;
  int ended = 0;

 private:
  void end_heap(owned_heap& heap) noexcept override {
    ++ended;
    delete &heap;
  }
  void lock_for_fork() noexcept override {}
  void unlock_after_fork() noexcept override {}
  owned_heap* heaps() noexcept override { return nullptr; }

  shared_slabs& shared_;
};

void drop(owned_heap& heap) {
  const std::lock_guard lock(heap_registry::mutex());
  heap_registry::delist(heap);
  delete &heap;
}

TEST(heap_registry, gives_every_thread_its_own_heap) {
  supply_on_machine under;
  recorder one(under.shared);
  EXPECT_EQ(&one.here(), &no_heap);
  owned_heap& mine = one.make_heap();
  EXPECT_EQ(&one.here(), &mine);
  EXPECT_EQ(one.found(), &mine);
  std::thread([&] {
    EXPECT_EQ(&one.here(), &no_heap);
    EXPECT_EQ(one.found(), nullptr);
    owned_heap& theirs = one.make_heap();
    EXPECT_EQ(&one.here(), &theirs);
  }).join();
  EXPECT_EQ(one.ended, 1);
  EXPECT_EQ(&one.here(), &mine);
  drop(mine);
  EXPECT_EQ(&one.here(), &no_heap);
  EXPECT_EQ(one.ended, 1);
}

TEST(heap_registry, finds_heaps_of_more_resources_than_there_are_slots) {
  supply_on_machine under;
  std::vector<std::unique_ptr<recorder>> many;
  std::vector<owned_heap*> heaps;
  for (std::size_t i = 0; i < heap_slots::count + 20; ++i) {
    many.push_back(std::make_unique<recorder>(under.shared));
    heaps.push_back(&many.back()->make_heap());
  }
  EXPECT_EQ(many.back()->slot, heap_slots::none);
  EXPECT_EQ(&many.back()->here(), &no_heap);
  for (std::size_t i = 0; i < many.size(); ++i)
    EXPECT_EQ(many[i]->found(), heaps[i]);
  for (owned_heap* heap : heaps)
    drop(*heap);
  EXPECT_EQ(many.front()->found(), nullptr);
}

TEST(heap_registry, gives_a_slot_to_another_resource_when_one_ends) {
  supply_on_machine under;
  std::size_t slot = 0;
  {
    recorder one(under.shared);
    slot = one.slot;
    drop(one.make_heap());
  }
  recorder two(under.shared);
  EXPECT_EQ(two.slot, slot);
  EXPECT_EQ(&two.here(), &no_heap);
}

TEST(heap_registry, forgets_a_resource_that_ends_before_its_threads) {
  supply_on_machine under;
  auto one = std::make_unique<recorder>(under.shared);
  owned_heap* theirs = nullptr;
  std::mutex turn;
  std::unique_lock wait(turn);
  std::atomic<bool> made{false};
  std::thread thread([&] {
    theirs = &one->make_heap();
    made = true;
    const std::lock_guard until_told(turn);
  });
  while (!made)
    std::this_thread::yield();
  drop(*theirs);
  one.reset();
  recorder two(under.shared);
  wait.unlock();
  thread.join();
  EXPECT_EQ(two.ended, 0);
}

TEST(heap_registry, has_no_heap_for_a_slab_or_a_block_to_remember) {
  EXPECT_NE(no_heap.short_number(), 0u);
  void* cell = nullptr;
  EXPECT_FALSE(no_heap.bins()[3].try_pop(cell));
  EXPECT_FALSE(no_heap.bins()[3].try_push(&cell));
}

// Where a library is loaded by dlopen, the C library keeps little room for what every thread has.
TEST(heap_slots, are_small_enough_for_a_library_that_is_loaded_late) {
  EXPECT_LE(sizeof(heap_slots), 512u);
}

}  // namespace
}  // namespace nearmem
