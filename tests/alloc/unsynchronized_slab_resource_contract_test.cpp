#include <cstddef>
#include <cstdlib>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/alloc/unsynchronized_slab_resource.hpp>

#include "tests/alloc/simulated_machine.hpp"

namespace nearmem {
namespace {

// What a caller owes, and what checked builds say when it is not paid.
struct an_unsynchronized_slab_resource_death : testing::Test {
  void SetUp() override {
    if constexpr (build_checks == check_level::fast) GTEST_SKIP() << "built without checks";
  }
  resource_options on_source() {
    resource_options options;
    options.pages = &source;
    return options;
  }

  simulated_machine simulated;
  page_source source = simulated.make();
  unsynchronized_slab_resource resource{on_source()};
};

TEST_F(an_unsynchronized_slab_resource_death, is_told_of_another_size) {
  void* block = resource.allocate(100, 8);
  EXPECT_DEATH(resource.deallocate(block, 200, 8), "another size");
  EXPECT_DEATH(resource.deallocate(block, 50'000, 8), "no block of this size");
  void* large = resource.allocate(50'000, 8);
  EXPECT_DEATH(resource.deallocate(large, 60'000, 8), "another size");
  EXPECT_DEATH(resource.deallocate(large, 100, 8), "not of this resource");
}

TEST_F(an_unsynchronized_slab_resource_death, is_told_of_another_alignment) {
  void* block = resource.allocate(80, 64);
  EXPECT_DEATH(resource.deallocate(block, 80, 8), "another size or alignment");
  EXPECT_DEATH(resource.deallocate(block, 80, 3), "not a power of two");
  void* strict = resource.allocate(80, 512);
  EXPECT_DEATH(resource.deallocate(static_cast<char*>(strict) + 8, 80, 512), "another alignment");
}

TEST_F(an_unsynchronized_slab_resource_death, is_told_of_foreign_addresses) {
  int local = 0;
  void* heap = std::malloc(100);
  EXPECT_DEATH(resource.deallocate(&local, sizeof local), "not of this resource");
  EXPECT_DEATH(resource.deallocate(heap, 100), "not of this resource");
  EXPECT_DEATH(resource.deallocate(nullptr, 100), "not of this resource");
  std::free(heap);
  unsynchronized_slab_resource other(on_source());
  void* block = other.allocate(100, 8);
  EXPECT_DEATH(resource.deallocate(block, 100, 8), "not of this resource");
}

TEST_F(an_unsynchronized_slab_resource_death, is_told_of_a_second_return) {
  std::vector<void*> blocks;
  for (int i = 0; i < 2000; ++i)
    blocks.push_back(resource.allocate(100, 8));
  for (void* block : blocks)
    resource.deallocate(block, 100, 8);
  // One that is still in the array, one whose bit is set, one whose slab was given back.
  EXPECT_DEATH(resource.deallocate(blocks[1999], 100, 8), "twice|not of this resource");
  EXPECT_DEATH(resource.deallocate(blocks[1000], 100, 8), "twice|not of this resource");
  EXPECT_DEATH(resource.deallocate(blocks[0], 100, 8), "twice|not of this resource");
  void* large = resource.allocate(50'000, 8);
  resource.deallocate(large, 50'000, 8);
  EXPECT_DEATH(resource.deallocate(large, 50'000, 8), "no block");
}

TEST_F(an_unsynchronized_slab_resource_death, is_told_of_what_a_release_took_back) {
  void* block = resource.allocate(100, 8);
  resource.release();
  EXPECT_DEATH(resource.deallocate(block, 100, 8), "took back");
}

TEST_F(an_unsynchronized_slab_resource_death, overwrites_what_is_freed_when_hardened) {
  if constexpr (build_checks != check_level::hardened) GTEST_SKIP() << "built without hardening";
  auto* block = static_cast<unsigned char*>(resource.allocate(100, 8));
  block[99] = 1;
  resource.deallocate(block, 100, 8);
  EXPECT_EQ(block[99], 0xdd);
}

}  // namespace
}  // namespace nearmem
