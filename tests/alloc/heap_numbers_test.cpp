#include <cstdint>

#include <gtest/gtest.h>

#include <nearmem/alloc/heap_numbers.hpp>

namespace nearmem {
namespace {

TEST(heap_numbers, are_given_once) {
  heap_numbers numbers;
  const std::uint64_t first = numbers.take();
  EXPECT_EQ(first, 1u);
  numbers.end(first);
  EXPECT_NE(numbers.take(), first);
}

TEST(heap_numbers, are_live_until_they_are_ended) {
  heap_numbers numbers;
  const std::uint64_t one = numbers.take();
  const std::uint64_t other = numbers.take();
  EXPECT_TRUE(numbers.may_live(static_cast<std::uint32_t>(one)));
  numbers.end(one);
  EXPECT_FALSE(numbers.may_live(static_cast<std::uint32_t>(one)));
  EXPECT_TRUE(numbers.may_live(static_cast<std::uint32_t>(other)));
}

// What is asked is whether a slab may be had: nobody's, of a number that was never taken, may.
TEST(heap_numbers, do_not_take_the_dead_for_live_among_few) {
  heap_numbers numbers;
  for (int i = 0; i < 1000; ++i)
    numbers.end(numbers.take());
  for (std::uint32_t number = 0; number < 1000; ++number)
    EXPECT_FALSE(numbers.may_live(number));
}

}  // namespace
}  // namespace nearmem
