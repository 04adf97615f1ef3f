#include "tools/kernels/spin.hpp"

#include <gtest/gtest.h>

namespace nearmem::measure {
namespace {

TEST(spin, takes_time) {
  EXPECT_GT(spin(1), 0);
  EXPECT_GT(spin(0), 0);
}

}  // namespace
}  // namespace nearmem::measure
