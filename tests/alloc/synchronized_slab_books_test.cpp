#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/alloc/snapshot.hpp>
#include <nearmem/alloc/synchronized_slab_resource.hpp>

#include "tests/alloc/books.hpp"
#include "tests/alloc/simulated_machine.hpp"

namespace nearmem {
namespace {

struct synchronized_slab_books : testing::Test {
  resource_options named() {
    resource_options options;
    options.pages = &source;
    options.name = "shared";
    return options;
  }

  simulated_machine simulated;
  page_source source = simulated.make();
  synchronized_slab_resource resource{named()};
};

TEST_F(synchronized_slab_books, count_blocks_wherever_they_are_freed) {
  std::vector<void*> blocks;
  for (int i = 0; i < 1000; ++i)
    blocks.push_back(resource.allocate(64));
  EXPECT_EQ(resource.usage().charged, 64'000u);
  EXPECT_EQ(resource.heaps_count(), 1u);
  std::thread([&] {
    for (std::size_t i = 0; i < 500; ++i) {
      resource.deallocate(blocks[i], 64);
      ASSERT_EQ(resource.usage().charged, 64'000u - (i + 1) * 64);
    }
    EXPECT_EQ(resource.heaps_count(), 2u);
  }).join();
  EXPECT_EQ(resource.heaps_count(), 1u);
  EXPECT_EQ(resource.usage().blocks, 500u);
  // Slabs that nobody held are that thread's own once it has freed into them.
  EXPECT_GT(resource.sharing().remote_frees, 0u);
  EXPECT_LE(resource.sharing().remote_frees, 500u);
  expect_balanced(resource, simulated.hardware);
}

TEST_F(synchronized_slab_books, show_a_line_for_every_class_and_sums_that_come_out) {
  for (int i = 0; i < 10; ++i) {
    static_cast<void>(resource.allocate(64));
    static_cast<void>(resource.allocate(1000));
  }
  resource_description description;
  resource.describe(description);
  EXPECT_EQ(description.kind, "slab");
  ASSERT_EQ(description.size_classes.size(), 2u);
  EXPECT_EQ(description.size_classes[0].cell_bytes, 64u);
  EXPECT_EQ(description.size_classes[0].used, 10u);
  EXPECT_EQ(description.size_classes[1].cell_bytes, 1024u);
  const statistics all = snapshot(source);
  ASSERT_EQ(all.resources.size(), 1u);
  EXPECT_EQ(all.resources[0].name, "shared");
  EXPECT_EQ(all.resources[0].usage.footprint, resource.footprint());
}

TEST_F(synchronized_slab_books, count_by_the_node_of_the_thread) {
  for (const unsigned node : {1u, 6u}) {
    std::thread([&] {
      const this_thread::assumed_node here(node_id{node});
      for (int i = 0; i < 3000; ++i)
        static_cast<void>(resource.allocate(64));
    }).join();
    EXPECT_GE(resource.usage(node_id{node}).footprint, 3000u * 64);
  }
  EXPECT_EQ(resource.usage(node_id{3}).footprint, 0u);
  expect_balanced(resource, simulated.hardware);
}

TEST_F(synchronized_slab_books, know_where_pages_lie) {
  for (int i = 0; i < 1000; ++i)
    static_cast<void>(resource.allocate(64));
  EXPECT_EQ(resource.repair_residency().moved, 0u);
}

TEST_F(synchronized_slab_books, find_a_cell_that_is_in_two_places) {
  void* const block = resource.allocate(64);
  EXPECT_TRUE(resource.audit());
  if (build_checks != check_level::fast) GTEST_SKIP() << "checked builds end at the second free";
  resource.deallocate(block, 64);
  resource.deallocate(block, 64);
  EXPECT_FALSE(resource.audit());
  static_cast<void>(resource.allocate(64));
}

}  // namespace
}  // namespace nearmem
