#include <cstddef>
#include <cstring>

#include <gtest/gtest.h>

#include <nearmem/alloc/arena.hpp>

#include "tests/alloc/books.hpp"
#include "tests/alloc/simulated_machine.hpp"

namespace nearmem {
namespace {

struct arena_marks : testing::Test {
  resource_options on_source() {
    resource_options options;
    options.pages = &source;
    return options;
  }

  simulated_machine simulated;
  page_source source = simulated.make();
  arena marked{arena_options(on_source(), 0)};
};

using arena_marks_death = arena_marks;

TEST_F(arena_marks, take_the_arena_back_to_where_they_were_made) {
  auto* kept = static_cast<std::byte*>(marked.allocate(40));
  std::memset(kept, 7, 40);
  const arena::marker mark = marked.mark();
  const resource_usage before = marked.usage();
  const std::size_t used = marked.memory_usage();
  for (int i = 0; i < 1000; ++i)
    marked.allocate_aligned(300);
  marked.rewind(mark);
  EXPECT_EQ(marked.memory_usage(), used);
  EXPECT_EQ(marked.usage().charged, before.charged);
  EXPECT_EQ(marked.usage().blocks, before.blocks);
  EXPECT_EQ(marked.footprint(), before.footprint);
  EXPECT_EQ(marked.allocate(1), kept + 40);
  EXPECT_EQ(kept[39], std::byte{7});
  expect_balanced(marked, simulated.hardware);
}

TEST_F(arena_marks, stay_good_when_they_were_rewound_to) {
  marked.allocate(8);
  const arena::marker mark = marked.mark();
  for (int i = 0; i < 10; ++i) {
    marked.allocate(100'000);
    marked.rewind(mark);
    EXPECT_EQ(marked.usage().charged, 8u);
  }
}

TEST_F(arena_marks, nest) {
  const arena::marker outer = marked.mark();
  marked.allocate(5000);
  const arena::marker inner = marked.mark();
  marked.allocate(50'000);
  marked.rewind(inner);
  EXPECT_EQ(marked.usage().charged, 5000u);
  marked.rewind(outer);
  EXPECT_EQ(marked.usage().charged, 0u);
  EXPECT_EQ(marked.footprint(), 0u);
  expect_balanced(marked, simulated.hardware);
}

TEST_F(arena_marks, made_when_nothing_was_taken_survive_a_release) {
  const arena::marker empty = marked.mark();
  marked.allocate(100);
  marked.release();
  marked.allocate(200);
  marked.rewind(empty);
  EXPECT_EQ(marked.footprint(), 0u);
}

TEST_F(arena_marks, of_an_empty_arena_leave_it_without_an_address_to_give) {
  const arena::marker empty = marked.mark();
  marked.allocate(1);
  marked.rewind(empty);
  EXPECT_NE(marked.allocate(0), nullptr);
}

TEST_F(arena_marks, keep_blocks_up_to_the_limit) {
  arena keeping(arena_options(on_source(), mebibyte));
  keeping.allocate(8);
  const arena::marker mark = keeping.mark();
  keeping.allocate(100'000);
  const std::size_t footprint = keeping.footprint();
  keeping.rewind(mark);
  EXPECT_EQ(keeping.footprint(), footprint);
  keeping.allocate(100'000);
  EXPECT_EQ(keeping.footprint(), footprint);
  expect_balanced(keeping, simulated.hardware);
}

TEST_F(arena_marks_death, passed_by_a_rewind_are_caught) {
  if constexpr (build_checks == check_level::fast) GTEST_SKIP() << "built without checks";
  marked.allocate(8);
  const arena::marker outer = marked.mark();
  marked.allocate(8);
  const arena::marker inner = marked.mark();
  marked.rewind(outer);
  marked.allocate(500);
  EXPECT_DEATH(marked.rewind(inner), "an earlier rewind");
}

TEST_F(arena_marks_death, passed_by_a_reset_are_caught) {
  if constexpr (build_checks == check_level::fast) GTEST_SKIP() << "built without checks";
  marked.allocate(8);
  const arena::marker mark = marked.mark();
  marked.reset();
  marked.allocate(8);
  EXPECT_DEATH(marked.rewind(mark), "an earlier rewind");
}

TEST_F(arena_marks_death, of_another_arena_are_caught) {
  if constexpr (build_checks == check_level::fast) GTEST_SKIP() << "built without checks";
  arena other(on_source());
  const arena::marker foreign = other.mark();
  EXPECT_DEATH(marked.rewind(foreign), "another arena");
  EXPECT_DEATH(marked.rewind(arena::marker()), "another arena");
}

TEST(arena_history, knows_stale_marks_under_higher_rewinds_that_came_later) {
  // Through the arena, as marks are made by arenas alone.
  simulated_machine simulated;
  page_source source = simulated.make();
  resource_options options;
  options.pages = &source;
  arena marked(options);
  if constexpr (build_checks == check_level::fast) GTEST_SKIP() << "built without checks";
  marked.allocate(8);
  const arena::marker low = marked.mark();
  marked.allocate(100);
  const arena::marker stale = marked.mark();
  marked.rewind(low);
  marked.allocate(200);
  const arena::marker high = marked.mark();
  marked.allocate(8);
  marked.rewind(high);
  EXPECT_DEATH(marked.rewind(stale), "an earlier rewind");
  marked.rewind(low);
  EXPECT_EQ(marked.usage().charged, 8u);
}

}  // namespace
}  // namespace nearmem
