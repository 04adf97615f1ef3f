#include <cstddef>
#include <cstdint>

#include <gtest/gtest.h>

#include <nearmem/alloc/cell_request.hpp>

namespace nearmem {
namespace {

TEST(a_cell_request, begins_and_ends_inside_its_cell_wherever_that_lies) {
  constexpr std::size_t natural = size_class::largest_alignment;
  for (std::size_t alignment = 2 * natural; alignment <= 2048; alignment *= 2) {
    for (std::size_t bytes = 0; bytes <= 2048; ++bytes) {
      const cell_request request = cell_request::of(bytes, alignment);
      if (!request.within) continue;
      const std::size_t cell_bytes = size_class::cell_bytes(request.class_number);
      for (std::uintptr_t cell = natural; cell <= natural + alignment; cell += natural) {
        const auto block = reinterpret_cast<std::uintptr_t>(
            request.block_in(reinterpret_cast<void*>(cell), alignment));
        ASSERT_EQ(block % alignment, 0u);
        ASSERT_GE(block, cell);
        ASSERT_LT(block, cell + cell_bytes) << bytes << " at " << alignment;
        ASSERT_LE(block + bytes, cell + cell_bytes) << bytes << " at " << alignment;
      }
    }
  }
}

TEST(a_cell_request, goes_to_pages_where_a_cell_would_take_more_than_one) {
  EXPECT_TRUE(cell_request::of(0, 128).within);
  EXPECT_TRUE(cell_request::of(1, 2048).within);
  EXPECT_FALSE(cell_request::of(2048, 128).by_cell);
  EXPECT_FALSE(cell_request::of(1, 4096).by_cell);
  EXPECT_FALSE(cell_request::of(static_cast<std::size_t>(-1), 128).by_cell);
}

}  // namespace
}  // namespace nearmem
