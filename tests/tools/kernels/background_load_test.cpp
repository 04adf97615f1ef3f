#include "tools/kernels/background_load.hpp"

#include <array>

#include <gtest/gtest.h>

#include "tests/tools/kernels/pages_here.hpp"
#include "tools/kernels/placed_memory.hpp"

namespace nearmem::measure {
namespace {

TEST(background_load, is_at_work_until_it_goes) {
  const pages_here here;
  if (!here.hardware.is_live()) GTEST_SKIP() << "hwloc is told to load another machine";
  const placed_memory memory(here.pages, here.first_node(), 1 << 20, false);
  const std::vector<unsigned> cpus = here.cpus();
  for (int i = 0; i < 3; ++i) {
    const background_load load(here.hardware, cpus, memory.data());
    EXPECT_TRUE(load.is_running());
  }
}

TEST(background_load, says_if_a_cpu_cannot_be_had) {
  const pages_here here;
  const placed_memory memory(here.pages, here.first_node(), 1 << 20, false);
  const std::array cpus = {4'000'000'000U};
  EXPECT_FALSE(background_load(here.hardware, cpus, memory.data()).is_running());
}

}  // namespace
}  // namespace nearmem::measure
