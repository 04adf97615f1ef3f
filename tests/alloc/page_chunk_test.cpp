#include <bitset>
#include <cstdlib>
#include <random>

#include <gtest/gtest.h>

#include <nearmem/alloc/page_chunk.hpp>

#include "tests/support/seed.hpp"

namespace nearmem {
namespace {

constexpr std::size_t pages = page_chunk::max_pages;

TEST(page_chunk, finds_the_lowest_place_between_runs) {
  page_chunk chunk{};
  chunk.take(0, 3);
  chunk.take(5, 60);
  EXPECT_EQ(chunk.find(1, 1, pages), 3u);
  EXPECT_EQ(chunk.find(2, 1, pages), 3u);
  EXPECT_EQ(chunk.find(3, 1, pages), 65u);
  EXPECT_EQ(chunk.find(pages, 1, pages), pages);
}

TEST(page_chunk, begins_aligned_runs_at_a_multiple) {
  page_chunk chunk{};
  chunk.take(1, 1);
  EXPECT_EQ(chunk.find(1, 16, pages), 0u);
  EXPECT_EQ(chunk.find(2, 16, pages), 16u);
  chunk.take(20, 1);
  EXPECT_EQ(chunk.find(8, 16, pages), 32u);
}

TEST(page_chunk, keeps_to_the_pages_of_a_machine_with_larger_ones) {
  page_chunk chunk{};
  chunk.take(0, 30);
  EXPECT_EQ(chunk.find(2, 1, 32), 30u);
  EXPECT_EQ(chunk.find(3, 1, 32), 32u);
}

TEST(page_chunk, is_full_and_empty_again) {
  page_chunk chunk{};
  chunk.take(0, pages);
  EXPECT_EQ(chunk.taken_pages, pages);
  EXPECT_EQ(chunk.find(1, 1, pages), pages);
  chunk.give_back(0, pages);
  EXPECT_EQ(chunk.taken_pages, 0u);
  EXPECT_EQ(chunk.find(pages, 1, pages), 0u);
}

// Against a bit set searched page by page.
TEST(page_chunk, agrees_with_a_search_page_by_page) {
  std::mt19937_64 random(test_seed());
  page_chunk chunk{};
  std::bitset<pages> model;
  const auto slow_find = [&model](std::size_t count, std::size_t step) {
    for (std::size_t at = 0; at + count <= pages; at += step) {
      std::size_t free = 0;
      while (free < count && !model[at + free])
        ++free;
      if (free == count) return at;
    }
    return pages;
  };
  for (int i = 0; i < 20000; ++i) {
    const std::size_t count = 1 + random() % (random() % 8 == 0 ? 200 : 12);
    const std::size_t step = std::size_t{1} << (random() % 5);
    const std::size_t at = chunk.find(count, step, pages);
    ASSERT_EQ(at, slow_find(count, step)) << count << " by " << step;
    if (at != pages && random() % 4 != 0) {
      chunk.take(at, count);
      for (std::size_t page = at; page < at + count; ++page)
        model.set(page);
    }
    const std::size_t first = random() % pages;
    std::size_t length = 0;
    while (first + length < pages && model[first + length] && length < 20)
      ++length;
    if (length == 0) continue;
    ASSERT_TRUE(chunk.all_taken(first, length));
    if (length < 20 && first + length < pages) {
      ASSERT_FALSE(chunk.all_taken(first, length + 1));
    }
    chunk.give_back(first, length);
    for (std::size_t page = first; page < first + length; ++page)
      model.reset(page);
    ASSERT_EQ(chunk.taken_pages, model.count());
  }
}

}  // namespace
}  // namespace nearmem
