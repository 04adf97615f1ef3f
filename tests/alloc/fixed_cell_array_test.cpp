#include <array>
#include <atomic>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/alloc/fixed_cell_array.hpp>

namespace nearmem {
namespace {

constexpr std::size_t room = fixed_cell_array::largest_capacity;

struct a_fixed_cell_array : testing::Test {
  a_fixed_cell_array() {
    for (std::size_t i = 0; i < cells.size(); ++i)
      cells[i] = &bytes[i];
  }
  void* pop() {
    void* cell = &bytes[199];
    return array.try_pop(cell) ? cell : nullptr;
  }

  std::array<char, 200> bytes{};
  std::array<void*, 200> cells{};
  owner_version version;
  fixed_cell_array array;
};

TEST_F(a_fixed_cell_array, gives_nothing_while_it_is_empty_and_stays_so) {
  for (int i = 0; i < 300; ++i) {
    void* cell = &bytes[0];
    ASSERT_FALSE(array.try_pop(cell));
    ASSERT_EQ(cell, &bytes[0]);
    ASSERT_EQ(array.size(), 0u);
    ASSERT_EQ(array.handed_out(), 0);
  }
  ASSERT_TRUE(array.try_push(cells[3]));
  EXPECT_EQ(pop(), cells[3]);
}

TEST_F(a_fixed_cell_array, takes_as_many_as_there_is_room_for_and_loses_none) {
  for (std::size_t i = 0; i < room; ++i)
    ASSERT_TRUE(array.try_push(cells[i]));
  for (std::size_t i = room; i < 200; ++i) {
    ASSERT_FALSE(array.try_push(cells[i]));
    ASSERT_EQ(array.size(), room);
    ASSERT_EQ(array.handed_out(), -static_cast<std::ptrdiff_t>(room));
  }
  EXPECT_EQ(std::vector<void*>(array.begin(), array.end()),
            std::vector<void*>(cells.begin(), cells.begin() + room));
  for (std::size_t i = room; i > 0; --i)
    ASSERT_EQ(pop(), cells[i - 1]);
  EXPECT_EQ(pop(), nullptr);
  EXPECT_EQ(array.handed_out(), 0);
}

TEST_F(a_fixed_cell_array, hands_out_the_first_of_a_fill_first_and_the_last_in_first) {
  array.fill(version, cells.data(), room);
  EXPECT_EQ(pop(), cells[0]);
  EXPECT_EQ(pop(), cells[1]);
  EXPECT_TRUE(array.try_push(cells[150]));
  EXPECT_EQ(pop(), cells[150]);
  EXPECT_EQ(pop(), cells[2]);
  EXPECT_EQ(array.size(), room - 3);
}

TEST_F(a_fixed_cell_array, counts_what_it_handed_out) {
  array.fill(version, cells.data(), 6);
  EXPECT_EQ(array.handed_out(), 0);
  pop();
  pop();
  EXPECT_EQ(array.handed_out(), 2);
  array.drop_oldest(version, 3);
  EXPECT_EQ(array.handed_out(), 2);
  for (std::size_t i = 0; i < 20; ++i)
    ASSERT_TRUE(array.try_push(cells[i]));
  EXPECT_EQ(array.handed_out(), -18);
  array.drop_oldest(version, array.size());
  EXPECT_EQ(array.handed_out(), -18);
  array.clear(version);
  EXPECT_EQ(array.handed_out(), 0);
}

TEST_F(a_fixed_cell_array, drops_its_oldest_cells) {
  array.fill(version, cells.data(), 8);  // cells[7] is at the bottom
  array.drop_oldest(version, 5);
  EXPECT_EQ(std::vector<void*>(array.begin(), array.end()),
            (std::vector<void*>{cells[2], cells[1], cells[0]}));
  EXPECT_EQ(pop(), cells[0]);
}

// Its owner meets both ends again and again, where the count is out of bounds for an instant:
// hardly ever to be seen, but under the thread sanitizer.
TEST_F(a_fixed_cell_array, is_counted_right_by_any_thread_at_any_instant) {
  array.fill(version, cells.data(), room);
  std::atomic<bool> done{false};
  std::atomic<bool> begun{false};
  std::thread owner([&] {
    for (; !done; begun = true) {
      for (int i = 0; i < 10; ++i)
        pop();
      while (pop() != nullptr) {
      }
      for (int i = 0; i < 10; ++i)
        pop();
      for (std::size_t i = 0; i < room + 10; ++i)
        static_cast<void>(array.try_push(cells[i % room]));
    }
  });
  while (!begun)
    std::this_thread::yield();
  int wrong = 0;
  for (int i = 0; i < 5'000'000; ++i) {
    const std::ptrdiff_t out = array.handed_out();
    if (out < 0 || out > static_cast<std::ptrdiff_t>(room)) ++wrong;
  }
  done = true;
  owner.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(array.handed_out(), 0);
}

}  // namespace
}  // namespace nearmem
