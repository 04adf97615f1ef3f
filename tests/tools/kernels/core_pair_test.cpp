#include "tools/kernels/core_pair.hpp"

#include <cmath>
#include <cstdint>

#include <gtest/gtest.h>

#include "tests/tools/kernels/pages_here.hpp"
#include "tools/kernels/placed_memory.hpp"

namespace nearmem::measure {
namespace {

std::uint64_t word_at(std::span<std::byte> memory, std::size_t at) {
  return *reinterpret_cast<std::uint64_t*>(memory.data() + at);
}

TEST(core_pair, sends_a_number_to_the_other_and_back) {
  const pages_here here;
  const std::vector<unsigned> cpus = here.cpus();
  if (!here.hardware.is_live() || cpus.size() < 2) GTEST_SKIP() << "there are no two CPUs";
  const placed_memory memory(here.pages, here.first_node(), 8192, false);
  const std::optional<double> each =
      round_trip(here.hardware, cpus[0], cpus[1], memory.data(), 100);
  ASSERT_TRUE(each);
  EXPECT_TRUE(std::isnan(*each) || *each > 0);
  EXPECT_EQ(word_at(memory.data(), 0), 200);
}

TEST(core_pair, counts_to_the_end_at_every_distance) {
  const pages_here here;
  const std::vector<unsigned> cpus = here.cpus();
  if (!here.hardware.is_live() || cpus.size() < 2) GTEST_SKIP() << "there are no two CPUs";
  for (const std::size_t distance : {8U, 64U, 4096U}) {
    const placed_memory memory(here.pages, here.first_node(), 8192, false);
    const std::optional<double> each =
        increments_apart(here.hardware, cpus[0], cpus[1], memory.data(), distance, 20'000);
    ASSERT_TRUE(each);
    EXPECT_TRUE(std::isnan(*each) || *each > 0);
    // As often as it was tried.
    EXPECT_EQ(word_at(memory.data(), 0) % 20'000, 0);
    EXPECT_GE(word_at(memory.data(), 0), 20'000);
    EXPECT_EQ(word_at(memory.data(), distance), word_at(memory.data(), 0));
  }
}

TEST(core_pair, does_nothing_where_a_cpu_cannot_be_had) {
  const pages_here here;
  const placed_memory memory(here.pages, here.first_node(), 8192, false);
  EXPECT_FALSE(round_trip(here.hardware, 0, 4'000'000'000U, memory.data(), 10));
  EXPECT_FALSE(increments_apart(here.hardware, 0, 4'000'000'000U, memory.data(), 8, 10));
  EXPECT_EQ(word_at(memory.data(), 0), 0);
}

}  // namespace
}  // namespace nearmem::measure
