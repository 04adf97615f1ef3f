#include "tools/page/series_look.hpp"

#include <set>
#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace nearmem::page {
namespace {

TEST(series_look, tells_series_apart) {
  std::set<std::pair<std::string, std::size_t>> looks;
  for (std::size_t i = 0; i < 24; ++i)
    looks.emplace(look_of(i).line, look_of(i).marker);
  EXPECT_EQ(looks.size(), 24U);
}

TEST(series_look, tells_series_apart_without_colour) {
  std::set<std::pair<std::string, std::size_t>> looks;
  for (std::size_t i = 0; i < 24; ++i) {
    const std::string line = look_of(i).line;
    looks.emplace(line.substr(line.rfind(' ')), look_of(i).marker);
  }
  EXPECT_EQ(looks.size(), 24U);
}

}  // namespace
}  // namespace nearmem::page
