#include "examples/fullnode/byte_reader.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "examples/fullnode/byte_writer.hpp"
#include "examples/fullnode/input_error.hpp"
#include "tests/examples/sample_blocks.hpp"

namespace nearmem::fullnode {
namespace {

TEST(byte_reader, reads_little_endian_numbers_in_turn) {
  raw_bytes input = from_hex("01020304050607f0f1f2f3f4f5f6f7");
  byte_reader reader(input);
  EXPECT_EQ(reader.read_number<std::uint8_t>("a"), 0x01u);
  EXPECT_EQ(reader.read_number<std::uint16_t>("b"), 0x0302u);
  EXPECT_EQ(reader.read_number<std::uint32_t>("c"), 0x0706'0504u);
  EXPECT_EQ(reader.read_number<std::uint64_t>("d"), 0xf7f6'f5f4'f3f2'f1f0u);
  EXPECT_EQ(reader.position(), 15u);
  EXPECT_EQ(reader.remaining(), 0u);
}

TEST(byte_reader, names_the_field_and_its_offset_where_the_input_is_cut) {
  raw_bytes input = from_hex("010203");
  byte_reader reader(input, 1000);
  reader.read_number<std::uint8_t>("the first");
  try {
    reader.read_number<std::uint32_t>("the second");
    FAIL();
  } catch (const format_error& error) {
    EXPECT_EQ(error.offset(), 1001u);
    EXPECT_STREQ(error.what(), "cut in the middle: the second needs 4 bytes, 2 are left");
  }
  // Nothing was consumed: the reader stands where it stood.
  EXPECT_EQ(reader.remaining(), 2u);
}

TEST(byte_reader, reads_back_every_length_in_its_shortest_form) {
  for (std::uint64_t length : {0u, 1u, 0xfcu, 0xfdu, 0xfeu, 0xffffu, 0x1'0000u}) {
    raw_bytes input;
    byte_writer(input).write_compact_size(length);
    input.resize(input.size() + length);
    byte_reader reader(input);
    EXPECT_EQ(reader.read_string("s").size(), length);
    EXPECT_EQ(reader.remaining(), 0u);
  }
}

TEST(byte_reader, refuses_lengths_that_are_not_in_their_shortest_form) {
  for (const char* hex :
       {"fdfc00", "fe00000000", "feffff0000", "ff0000000000000000", "ffffffffff00000000"}) {
    raw_bytes input = from_hex(hex);
    input.resize(100'000);
    byte_reader reader(input);
    EXPECT_THROW(reader.read_count(1, "s"), format_error) << hex;
  }
}

TEST(byte_reader, believes_a_count_only_as_far_as_the_bytes_that_are_left) {
  raw_bytes input = from_hex("02");
  input.resize(1 + 82);
  EXPECT_EQ(byte_reader(input).read_count(41, "inputs"), 2u);
  input.pop_back();
  EXPECT_THROW(byte_reader(input).read_count(41, "inputs"), format_error);
}

TEST(byte_reader, refuses_a_length_of_two_to_the_63rd) {
  raw_bytes input = from_hex("ff0000000000000080");
  input.resize(1000);
  try {
    byte_reader(input).read_string("a script");
    FAIL();
  } catch (const format_error& error) {
    EXPECT_EQ(error.offset(), 0u);
    EXPECT_STREQ(error.what(),
                 "a script claims a length of 9223372036854775808, but 991 bytes are left");
  }
}

}  // namespace
}  // namespace nearmem::fullnode
