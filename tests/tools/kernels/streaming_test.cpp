#include "tools/kernels/streaming.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#include <gtest/gtest.h>

namespace nearmem::measure {
namespace {

struct alignas(64) line {
  std::array<std::byte, 64> bytes{};
};

TEST(streaming, counts_the_bytes_that_it_moves) {
  std::vector<line> lines(100);
  const auto memory = std::as_writable_bytes(std::span(lines));
  EXPECT_EQ(stream(streaming::read, memory), 6400);
  EXPECT_EQ(stream(streaming::write, memory), 6400);
  EXPECT_EQ(stream(streaming::copy, memory), 3200);
}

TEST(streaming, writes_and_copies_all_of_it) {
  std::vector<line> lines(4);
  const auto memory = std::as_writable_bytes(std::span(lines));
  stream(streaming::read, memory);
  const auto is_one = [](std::byte each) { return each == std::byte{1}; };
  EXPECT_TRUE(std::none_of(memory.begin(), memory.end(), is_one));
  stream(streaming::write, memory);
  EXPECT_TRUE(std::all_of(memory.begin(), memory.end(), is_one));
  memory[5] = std::byte{7};
  stream(streaming::copy, memory);
  EXPECT_EQ(memory[memory.size() / 2 + 5], std::byte{7});
}

TEST(streaming, is_spelled_as_it_is_named) {
  EXPECT_EQ(to_string(streaming::read), "read");
  EXPECT_EQ(to_string(streaming::write), "write");
  EXPECT_EQ(to_string(streaming::copy), "copy");
}

}  // namespace
}  // namespace nearmem::measure
