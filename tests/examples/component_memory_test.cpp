#include "examples/fullnode/component_memory.hpp"

#include <memory_resource>
#include <new>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/accounting/dynamic_usage.hpp>

#include "examples/fullnode/metered_resource.hpp"

namespace nearmem::fullnode {
namespace {

constexpr std::size_t limit = std::size_t{4} << 20;

class component_memories : public testing::TestWithParam<resource_kind> {
 protected:
  component_options options() { return {"part", limit, &node, GetParam(), nullptr}; }

  budget node{"node", 2 * limit};
};

TEST_P(component_memories, charge_the_budget_for_what_they_hold) {
  component_memory memory(options());
  {
    std::pmr::vector<std::byte> bytes(100'000, &memory.resource());
    EXPECT_GE(memory.budget().used(), 100'000u);
    EXPECT_EQ(memory.usage().footprint, memory.budget().used());
    EXPECT_EQ(dynamic_usage(bytes), memory.usage().charged);
  }
  EXPECT_EQ(memory.usage().charged, 0u);
}

TEST_P(component_memories, never_hold_more_than_the_budget) {
  component_memory memory(options());
  std::vector<void*> held;
  EXPECT_THROW(
      for (;;) {
        held.push_back(memory.resource().allocate(5'000, 8));
        ASSERT_LE(memory.usage().footprint, limit);
      },
      std::bad_alloc);
  EXPECT_GT(held.size(), limit / 10'000);
  for (void* each : held)
    memory.resource().deallocate(each, 5'000, 8);
  EXPECT_EQ(memory.usage().charged, 0u);
}

TEST_P(component_memories, evict_until_an_insertion_fits) {
  component_memory memory(options());
  std::vector<void*> held;
  std::size_t evicted = 0;
  memory.budget().set_reclaim([&](std::size_t bytes, std::optional<node_id>) {
    for (std::size_t given = 0; given < bytes && !held.empty(); given += 5'000) {
      memory.resource().deallocate(held.back(), 5'000, 8);
      held.pop_back();
      ++evicted;
    }
    memory.trim();
  });
  for (int i = 0; i < 2'000; ++i) {
    EXPECT_TRUE(
        memory.insert(5'000, [&] { held.push_back(memory.resource().allocate(5'000, 8)); }));
    ASSERT_LE(memory.budget().used(), limit);
  }
  EXPECT_GT(evicted, 1'000u);
  EXPECT_FALSE(memory.insert(2 * limit, [&] {
    held.push_back(memory.resource().allocate(2 * limit, 8));
  })) << "no eviction makes room for that";
  for (void* each : held)
    memory.resource().deallocate(each, 5'000, 8);
}

TEST_P(component_memories, make_arenas_on_the_same_budget) {
  component_memory memory(options());
  {
    const auto arena = memory.make_arena();
    std::pmr::vector<std::byte> bytes(200'000, arena.get());
    EXPECT_EQ(dynamic_usage(bytes), arena->usage().charged);
    EXPECT_GE(memory.budget().used(), 200'000u);
    EXPECT_GE(arena->usage().footprint, 200'000u);
  }
  EXPECT_LE(memory.budget().used(), std::size_t{1} << 20) << "what a pool took when it was made";
}

TEST_P(component_memories, let_go_of_no_more_than_is_wanted) {
  component_memory memory(options());
  std::vector<std::shared_ptr<accounted_resource>> arenas;
  std::vector<std::pmr::vector<std::byte>> held;
  component_sample seen = memory.sample();
  for (int i = 0; i < 10; ++i) {
    arenas.push_back(memory.make_arena());
    held.emplace_back(100'000, arenas.back().get());
    memory.note_peak();
  }
  for (const auto& each : arenas)
    component_memory::add_books(seen, each->usage());
  const std::size_t used = memory.budget().used();
  EXPECT_EQ(seen.footprint, used);
  const auto let_one_go = [&] {
    if (held.empty()) return false;
    held.pop_back();
    arenas.pop_back();
    return true;
  };
  memory.let_go(150'000, let_one_go);
  EXPECT_LE(memory.budget().used(), used - 150'000);
  EXPECT_GE(held.size(), 8u) << "two were enough";
  memory.let_go(2 * limit, let_one_go);
  EXPECT_TRUE(held.empty()) << "all there was";
  EXPECT_EQ(memory.sample().peak_footprint, used);
}

INSTANTIATE_TEST_SUITE_P(of_every_kind, component_memories,
                         testing::Values(resource_kind::nearmem, resource_kind::new_delete,
                                         resource_kind::std_pool, resource_kind::core_pool),
                         [](const auto& kind) { return std::string(to_string(kind.param)); });

TEST(metered_resource, counts_what_it_passes_on) {
  budget node("metered", 1'000);
  metered_resource meter(*std::pmr::new_delete_resource(), &node);
  void* block = meter.allocate(100, 8);
  EXPECT_EQ(meter.usage().charged, malloc_usage(100));
  EXPECT_EQ(node.used(), malloc_usage(100));
  EXPECT_THROW(static_cast<void>(meter.allocate(1'000, 8)), budget_exceeded);
  EXPECT_EQ(meter.usage().blocks, 1u);
  meter.deallocate(block, 100, 8);
  EXPECT_EQ(node.used(), 0u);
  EXPECT_EQ(meter.usage().peak_footprint, malloc_usage(100));
}

}  // namespace
}  // namespace nearmem::fullnode
