#include <climits>

#include <gtest/gtest.h>

#include <nearmem/topology/stated_cache.hpp>

namespace nearmem {
namespace {

TEST(stated_cache, keeps_what_hardware_has) {
  const cache found = stated_cache(2, 1 << 20, 64, 8);
  EXPECT_EQ(found.level, 2);
  EXPECT_EQ(found.bytes, 1 << 20);
  EXPECT_EQ(found.line_bytes, 64);
  EXPECT_EQ(found.ways, 8);
}

TEST(stated_cache, takes_what_no_hardware_has_for_unknown) {
  for (const std::size_t line : {0U, 1U, 8U, 63U, 96U, 8192U})
    EXPECT_EQ(stated_cache(1, 32768, line, 8).line_bytes, 0) << line;
  EXPECT_EQ(stated_cache(1, 32768, 64, 0).ways, 0);
}

TEST(stated_cache, has_one_set_if_it_is_fully_associative) {
  EXPECT_EQ(stated_cache(1, 4096, 64, -1).ways, 64);
  EXPECT_EQ(stated_cache(1, 4096, 0, -1).ways, 0);
  EXPECT_EQ(stated_cache(1, ~std::size_t{0}, 16, -1).ways, UINT_MAX);
}

}  // namespace
}  // namespace nearmem
