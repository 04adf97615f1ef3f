#include <vector>

#include <gtest/gtest.h>

#include <nearmem/topology/cpu_set.hpp>

namespace nearmem {
namespace {

TEST(cpu_set, is_empty_at_first) {
  EXPECT_TRUE(cpu_set().empty());
  EXPECT_EQ(cpu_set().size(), 0);
  EXPECT_EQ(cpu_set().to_string(), "");
}

TEST(cpu_set, sorts_and_drops_repetitions) {
  const cpu_set cpus({8, 0, 3, 8, 1, 2});
  EXPECT_EQ(std::vector<unsigned>(cpus.begin(), cpus.end()),
            (std::vector<unsigned>{0, 1, 2, 3, 8}));
  EXPECT_EQ(cpus, cpu_set({0, 1, 2, 3, 8}));
}

TEST(cpu_set, knows_its_members) {
  const cpu_set cpus({2, 4});
  EXPECT_TRUE(cpus.contains(2));
  EXPECT_FALSE(cpus.contains(3));
  EXPECT_TRUE(cpus.contains(4));
  EXPECT_FALSE(cpus.contains(5));
}

TEST(cpu_set, is_spelled_as_linux_spells_it) {
  EXPECT_EQ(cpu_set({0}).to_string(), "0");
  EXPECT_EQ(cpu_set({0, 1}).to_string(), "0-1");
  EXPECT_EQ(cpu_set({0, 1, 2, 3, 8}).to_string(), "0-3,8");
  EXPECT_EQ(cpu_set({7, 9, 10, 11, 40, 42}).to_string(), "7,9-11,40,42");
}

}  // namespace
}  // namespace nearmem
