#include <array>
#include <cstdlib>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/alloc/cell_array.hpp>

namespace nearmem {
namespace {

// Gives memory as long as it is told to, and counts what is out.
struct maker {
  void* make_descriptor(std::size_t bytes, page_grant&) {
    if (refuses) return nullptr;
    out += bytes;
    return std::malloc(bytes);
  }
  void drop_descriptor(void* memory, std::size_t bytes) {
    out -= bytes;
    std::free(memory);
  }

  bool refuses = false;
  std::size_t out = 0;
};

struct a_cell_array : testing::Test {
  a_cell_array() {
    for (std::size_t i = 0; i < cells.size(); ++i)
      cells[i] = &bytes[i];
  }
  ~a_cell_array() override {
    array.clear(version);
    array.drop_storage(from, version);
    EXPECT_EQ(from.out, 0u);
  }
  bool reserve(std::size_t room) { return array.reserve(from, version, room, why); }
  void* pop() {
    void* cell = nullptr;
    return array.try_pop(cell) ? cell : nullptr;
  }

  std::array<char, 200> bytes{};
  std::array<void*, 200> cells{};
  maker from;
  owner_version version;
  page_grant why;
  cell_array array;
};

TEST_F(a_cell_array, has_neither_cells_nor_room_at_first) {
  EXPECT_EQ(pop(), nullptr);
  EXPECT_FALSE(array.try_push(cells[0]));
  EXPECT_EQ(array.handed_out(), 0);
}

TEST_F(a_cell_array, hands_out_the_first_of_a_fill_first_and_the_last_in_first) {
  ASSERT_TRUE(reserve(8));
  array.fill(version, cells.data(), 4);
  EXPECT_EQ(pop(), cells[0]);
  EXPECT_EQ(pop(), cells[1]);
  EXPECT_TRUE(array.try_push(cells[9]));
  EXPECT_EQ(pop(), cells[9]);
  EXPECT_EQ(array.size(), 2u);
}

TEST_F(a_cell_array, counts_what_it_handed_out) {
  ASSERT_TRUE(reserve(8));
  array.fill(version, cells.data(), 6);
  EXPECT_EQ(array.handed_out(), 0);
  pop();
  pop();
  EXPECT_EQ(array.handed_out(), 2);
  ASSERT_TRUE(reserve(64));
  EXPECT_EQ(array.handed_out(), 2);
  array.drop_oldest(version, 3);
  EXPECT_EQ(array.handed_out(), 2);
  array.count_passed(-5);
  EXPECT_EQ(array.handed_out(), -3);
  for (int i = 0; i < 20; ++i)
    array.try_push(cells[0]);
  EXPECT_EQ(array.handed_out(), -23);
  array.drop_oldest(version, array.size());
  array.drop_storage(from, version);
  EXPECT_EQ(from.out, 0u);
  EXPECT_EQ(array.handed_out(), -23);
}

TEST_F(a_cell_array, stays_as_it_is_without_memory) {
  ASSERT_TRUE(reserve(8));
  array.fill(version, cells.data(), 8);
  from.refuses = true;
  EXPECT_FALSE(reserve(16));
  EXPECT_EQ(array.size(), 8u);
  EXPECT_EQ(array.capacity(), 8u);
  EXPECT_EQ(pop(), cells[0]);
}

TEST_F(a_cell_array, drops_its_oldest_cells) {
  ASSERT_TRUE(reserve(8));
  array.fill(version, cells.data(), 8);  // cells[7] is at the bottom
  array.drop_oldest(version, 5);
  EXPECT_EQ(std::vector<void*>(array.begin(), array.end()),
            (std::vector<void*>{cells[2], cells[1], cells[0]}));
}

TEST_F(a_cell_array, wants_an_eighth_of_what_is_in_use) {
  EXPECT_EQ(cell_array::suitable_capacity(300, 4096, 1 << 20), 32u);
  EXPECT_EQ(cell_array::suitable_capacity(1'000'000, 64, 64 << 20), 128u);
}

TEST_F(a_cell_array, wants_more_where_it_keeps_few_bytes_of_slabs) {
  EXPECT_EQ(cell_array::suitable_capacity(0, 16, 4096), 64u);
  EXPECT_EQ(cell_array::suitable_capacity(0, 16, 1 << 20), 8u);
  EXPECT_EQ(cell_array::suitable_capacity(0, 16, (1 << 20) - 1), 16u);
  EXPECT_EQ(cell_array::suitable_capacity(0, 1024, 4096), 16u);
  EXPECT_EQ(cell_array::suitable_capacity(0, 32'768, 32'768), 8u);
}

}  // namespace
}  // namespace nearmem
