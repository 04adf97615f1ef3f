#include <memory_resource>
#include <string>
#include <unordered_map>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/accounting/dynamic_usage.hpp>
#include <nearmem/accounting/resource_registry.hpp>
#include <nearmem/alloc/arena_resource.hpp>

#include "tests/alloc/books.hpp"
#include "tests/alloc/simulated_machine.hpp"

namespace nearmem {
namespace {

struct an_arena_resource : testing::Test {
  resource_options on_source() {
    resource_options options;
    options.pages = &source;
    return options;
  }

  simulated_machine simulated;
  page_source source = simulated.make();
  arena_resource resource{on_source()};
};

using an_arena_resource_death = an_arena_resource;

TEST_F(an_arena_resource, takes_nothing_until_it_is_asked) {
  EXPECT_EQ(resource.footprint(), 0u);
  std::pmr::vector<int> empty(&resource);
  EXPECT_EQ(resource.footprint(), 0u);
  EXPECT_TRUE(resource.audit());
}

TEST_F(an_arena_resource, is_equal_to_itself_alone) {
  arena_resource other(on_source());
  EXPECT_TRUE(resource.is_equal(resource));
  EXPECT_FALSE(resource.is_equal(other));
}

TEST_F(an_arena_resource, charges_what_is_asked_for) {
  EXPECT_EQ(resource.charge_for(0, 1), 0u);
  EXPECT_EQ(resource.charge_for(13, 8), 13u);
  void* block = resource.allocate(13, 8);
  EXPECT_EQ(resource.usage().charged, 13u);
  EXPECT_EQ(resource.usage().blocks, 1u);
  resource.deallocate(block, 13, 8);
  EXPECT_EQ(resource.usage().charged, 0u);
  EXPECT_EQ(resource.usage().blocks, 0u);
  expect_balanced(resource, simulated.hardware);
}

TEST_F(an_arena_resource, moves_what_is_given_back_from_charged_to_unused) {
  void* first = resource.allocate(1000, 8);
  void* second = resource.allocate(1000, 8);
  const resource_usage before = resource.usage();
  resource.deallocate(first, 1000, 8);
  EXPECT_EQ(resource.usage().unused, before.unused + 1000);
  EXPECT_EQ(resource.usage().footprint, before.footprint);
  resource.deallocate(second, 1000, 8);
  expect_balanced(resource, simulated.hardware);
}

TEST_F(an_arena_resource, makes_no_room_across_two_blocks_of_its_own_that_touch) {
  std::byte* const whole = static_cast<std::byte*>(resource.allocate(4096, 1));
  std::byte* const next = static_cast<std::byte*>(resource.allocate(100, 1));
  ASSERT_EQ(next, whole + 4096);
  resource.deallocate(next, 100, 1);
  resource.deallocate(whole, 4096, 1);
  EXPECT_TRUE(resource.audit());
  EXPECT_EQ(resource.allocate(100, 1), next);
  EXPECT_TRUE(resource.audit());
}

TEST_F(an_arena_resource, hands_the_last_block_out_again) {
  void* block = resource.allocate(100, 8);
  resource.deallocate(block, 100, 8);
  EXPECT_EQ(resource.allocate(200, 8), block);
}

TEST_F(an_arena_resource, charges_a_container_to_the_byte) {
  std::pmr::unordered_map<int, std::pmr::string> map(&resource);
  for (int i = 0; i < 2000; ++i) {
    map.try_emplace(i, std::string(static_cast<std::size_t>(i % 60), 'x'));
    if (i % 3 == 0) map.erase(i / 2);
    ASSERT_EQ(recursive_dynamic_usage(map), resource.usage().charged);
  }
  map = {};
  expect_balanced(resource, simulated.hardware);
}

TEST_F(an_arena_resource, is_listed_by_its_name_as_long_as_it_lives) {
  const auto is_listed = [] {
    resource_registry::cursor at;
    while (reportable* thing = at.next()) {
      if (thing->name() == "arena of a test") {
        EXPECT_EQ(thing->usage().footprint, 4096u);
        resource_description shown;
        thing->describe(shown);
        EXPECT_EQ(shown.kind, "arena");
        thing->trim();
        return true;
      }
    }
    return false;
  };
  {
    resource_options options = on_source();
    options.name = "arena of a test";
    arena_resource named(options);
    static_cast<void>(named.allocate(1, 1));
    EXPECT_TRUE(is_listed());
  }
  EXPECT_FALSE(is_listed());
}

TEST_F(an_arena_resource_death, is_told_of_foreign_and_returned_blocks) {
  if constexpr (build_checks == check_level::fast) GTEST_SKIP() << "built without checks";
  void* block = resource.allocate(100, 8);
  int foreign = 0;
  EXPECT_DEATH(resource.deallocate(&foreign, sizeof foreign), "not of this arena");
  arena_resource other(on_source());
  EXPECT_DEATH(other.deallocate(block, 100, 8), "not of this arena");
  EXPECT_DEATH(resource.deallocate(block, 8000, 8), "more than was handed out");
  EXPECT_DEATH(resource.deallocate(static_cast<char*>(block) + 4, 8, 8), "another alignment");
  resource.reset();
  EXPECT_DEATH(resource.deallocate(block, 100, 8), "release or reset");
  resource.release();
  EXPECT_DEATH(resource.deallocate(block, 100, 8), "release or reset");
}

TEST_F(an_arena_resource_death, is_told_of_a_second_return_of_the_last_block) {
  if constexpr (build_checks == check_level::fast) GTEST_SKIP() << "built without checks";
  static_cast<void>(resource.allocate(8, 8));
  void* block = resource.allocate(100, 8);
  resource.deallocate(block, 100, 8);
  EXPECT_DEATH(resource.deallocate(block, 100, 8), "or twice");
}

}  // namespace
}  // namespace nearmem
