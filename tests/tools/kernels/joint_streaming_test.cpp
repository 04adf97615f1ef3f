#include "tools/kernels/joint_streaming.hpp"

#include <array>

#include <gtest/gtest.h>

#include "tests/tools/kernels/pages_here.hpp"
#include "tools/kernels/placed_memory.hpp"

namespace nearmem::measure {
namespace {

TEST(joint_streaming, moves_bytes_on_every_cpu) {
  const pages_here here;
  if (!here.hardware.is_live()) GTEST_SKIP() << "hwloc is told to load another machine";
  const placed_memory memory(here.pages, here.first_node(), 1 << 20, false);
  for (const streaming what : {streaming::read, streaming::write, streaming::copy}) {
    const std::optional<double> rate =
        joint_bandwidth(here.hardware, here.cpus(), what, memory.data());
    ASSERT_TRUE(rate);
    EXPECT_GT(*rate, 0);
  }
}

TEST(joint_streaming, does_nothing_where_a_cpu_cannot_be_had) {
  const pages_here here;
  const placed_memory memory(here.pages, here.first_node(), 1 << 20, false);
  const std::array cpus = {4'000'000'000U};
  EXPECT_FALSE(joint_bandwidth(here.hardware, cpus, streaming::write, memory.data()));
  EXPECT_EQ(memory.data()[0], std::byte{0});
}

}  // namespace
}  // namespace nearmem::measure
