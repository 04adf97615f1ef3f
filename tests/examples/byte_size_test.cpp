#include "examples/fullnode/byte_size.hpp"

#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

namespace nearmem::fullnode {
namespace {

TEST(byte_size, is_read_in_every_unit) {
  EXPECT_EQ(parse_byte_size("0"), 0u);
  EXPECT_EQ(parse_byte_size("4096"), 4096u);
  EXPECT_EQ(parse_byte_size("4096B"), 4096u);
  EXPECT_EQ(parse_byte_size("300MiB"), std::size_t{300} << 20);
  EXPECT_EQ(parse_byte_size("300 MiB"), std::size_t{300} << 20);
  EXPECT_EQ(parse_byte_size("1.5GiB"), std::size_t{3} << 29);
  EXPECT_EQ(parse_byte_size("64KiB"), 65'536u);
  EXPECT_EQ(parse_byte_size("64KB"), 64'000u);
  EXPECT_EQ(parse_byte_size("64MB"), 64'000'000u);
  EXPECT_EQ(parse_byte_size("2GB"), 2'000'000'000u);
}

TEST(byte_size, says_what_is_wrong) {
  const auto said = [](const char* text) -> std::string {
    try {
      parse_byte_size(text);
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "nothing";
  };
  EXPECT_EQ(said("-1"), "'-1' is negative");
  EXPECT_EQ(said(""), "'' is not a number of bytes");
  EXPECT_EQ(said("MiB"), "'MiB' is not a number of bytes");
  EXPECT_EQ(said("inf"), "'inf' is not a number of bytes");
  EXPECT_EQ(said("nan"), "'nan' is not a number of bytes");
  EXPECT_EQ(said("3 parsecs").find("'3 parsecs' has an unknown unit 'parsecs'"), 0u);
  EXPECT_EQ(said("300mib").find("'300mib' has an unknown unit"), 0u);
  EXPECT_EQ(said("200000GiB"), "'200000GiB' is more than an address space holds");
  EXPECT_NE(said((std::string(400, '9') + "GiB").c_str()).find("more than"), std::string::npos);
}

TEST(byte_size, is_shown_in_the_largest_unit) {
  EXPECT_EQ(to_byte_size(1023), "1023 B");
  EXPECT_EQ(to_byte_size(1536), "1.5 KiB");
  EXPECT_EQ(to_byte_size(std::size_t{300} << 20), "300.0 MiB");
  EXPECT_EQ(to_byte_size(std::size_t{5} << 29), "2.5 GiB");
}

}  // namespace
}  // namespace nearmem::fullnode
