#include "tools/number_option.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace nearmem::tools {
namespace {

std::uint64_t parsed(std::vector<std::string> reversed_arguments) {
  CLI::App app;
  std::uint64_t value = 7;
  add_number_option(app, "--number", value, 1, UINT64_MAX, "A number");
  app.parse(reversed_arguments);
  return value;
}

TEST(number_option, keeps_its_default_and_takes_its_bounds) {
  EXPECT_EQ(parsed({}), 7u);
  EXPECT_EQ(parsed({"--number=1"}), 1u);
  EXPECT_EQ(parsed({"18446744073709551615", "--number"}), UINT64_MAX);
  EXPECT_EQ(parsed({"--number=010"}), 10u);
}

TEST(number_option, refuses_everything_else) {
  for (const char* text : {"0", "-1", "+1", "", " 1", "1 ", "0x10", "1.0", "1e3", "x",
                           "18446744073709551616", "-18446744073709551615"}) {
    EXPECT_THROW(parsed({std::string("--number=") + text}), CLI::ParseError) << text;
  }
  EXPECT_THROW(parsed({"-1", "--number"}), CLI::ParseError);
  EXPECT_THROW(parsed({"--number"}), CLI::ParseError);
  EXPECT_THROW(parsed({"--number=1", "--number=2"}), CLI::ParseError);
}

}  // namespace
}  // namespace nearmem::tools
