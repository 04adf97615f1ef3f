#include <gtest/gtest.h>

#include <nearmem/alloc/size_class.hpp>

namespace nearmem {
namespace {

TEST(size_class, begins_at_16_and_ends_at_32_kib) {
  EXPECT_EQ(size_class::cell_bytes(0), 16u);
  EXPECT_EQ(size_class::cell_bytes(7), 128u);
  EXPECT_EQ(size_class::cell_bytes(8), 144u);
  EXPECT_EQ(size_class::cell_bytes(size_class::count - 1), size_class::largest_bytes);
}

TEST(size_class, grows_from_class_to_class) {
  for (std::size_t i = 1; i < size_class::count; ++i) {
    EXPECT_LT(size_class::cell_bytes(i - 1), size_class::cell_bytes(i));
  }
}

TEST(size_class, gives_every_size_the_smallest_cell_that_holds_it) {
  std::size_t expected = 0;
  for (std::size_t bytes = 0; bytes <= size_class::largest_bytes; ++bytes) {
    if (bytes > size_class::cell_bytes(expected)) ++expected;
    ASSERT_EQ(size_class::index(bytes), expected) << bytes;
  }
}

TEST(size_class, wastes_at_most_an_eighth_above_128_bytes_and_15_bytes_below) {
  for (std::size_t bytes = 1; bytes <= size_class::largest_bytes; ++bytes) {
    const std::size_t cell = size_class::cell_bytes(size_class::index(bytes));
    const std::size_t waste = cell - bytes;
    if (bytes > 128) {
      ASSERT_LE(waste * 8, cell) << bytes;
    } else {
      ASSERT_LE(waste, 15u) << bytes;
    }
  }
}

TEST(size_class, honours_alignment_by_a_cell_that_is_a_multiple_of_it) {
  for (std::size_t alignment = 1; alignment <= size_class::largest_alignment; alignment *= 2) {
    for (std::size_t bytes = 0; bytes <= size_class::largest_bytes; ++bytes) {
      if (!size_class::serves(bytes, alignment)) continue;
      const std::size_t cell = size_class::cell_bytes(size_class::index(bytes, alignment));
      ASSERT_EQ(cell % std::min<std::size_t>(alignment, 16), 0u);
      ASSERT_EQ(cell % alignment, 0u) << bytes << " at " << alignment;
      ASSERT_GE(cell, bytes);
    }
  }
}

TEST(size_class, leaves_large_and_strictly_aligned_requests_to_pages) {
  EXPECT_TRUE(size_class::serves(32768, 16));
  EXPECT_FALSE(size_class::serves(32769, 16));
  EXPECT_FALSE(size_class::serves(64, 128));
  EXPECT_FALSE(size_class::serves(static_cast<std::size_t>(-1), 64));
}

}  // namespace
}  // namespace nearmem
