#include <gtest/gtest.h>

#include <nearmem/topology/synthetic_notation.hpp>

namespace nearmem {
namespace {

constexpr std::size_t most = 65536;

TEST(synthetic_notation, multiplies_the_counts_of_its_levels) {
  EXPECT_EQ(synthetic_cpus("pack:2 numa:1 core:4 pu:2", most), 16);
  EXPECT_EQ(synthetic_cpus("2 2 2", most), 8);
  EXPECT_EQ(synthetic_cpus("  pack:3\tpu:5\n", most), 15);
  EXPECT_EQ(synthetic_cpus("", most), 1);
}

TEST(synthetic_notation, does_not_count_attached_memory_or_attributes) {
  EXPECT_EQ(synthetic_cpus("pack:2 [numa(memory=1GB)] l3:1(size=32MB) core:2 pu:1", most), 4);
  EXPECT_EQ(synthetic_cpus("pack:2[numa:7]core:3(indexes=4:5)", most), 6);
}

TEST(synthetic_notation, stops_at_the_most) {
  EXPECT_EQ(synthetic_cpus("pack:65536", most), most);
  EXPECT_EQ(synthetic_cpus("pack:65537", most), most + 1);
  EXPECT_EQ(synthetic_cpus("pack:256 pu:257", most), most + 1);
  EXPECT_EQ(synthetic_cpus("9999999 9999999 9999999 9999999", most), most + 1);
  EXPECT_EQ(synthetic_cpus("pu:99999999999999999999999", most), most + 1);
}

TEST(synthetic_notation, survives_nonsense) {
  for (const char* text : {"nonsense", "[", "(", "a:", ":", "[[(", "pack:2 [numa", "\t"}) {
    EXPECT_LE(synthetic_cpus(text, most), most + 1) << text;
  }
}

TEST(synthetic_notation, states_the_memory_that_it_leaves_out) {
  EXPECT_EQ(with_memory_stated("pack:2 [numa] pu:2"), "pack:2 [numa(memory=1073741824)] pu:2");
  EXPECT_EQ(with_memory_stated("[numa(indexes=3)] 2"), "[numa(memory=1073741824 indexes=3)] 2");
  EXPECT_EQ(with_memory_stated("a [numa(memory=0)] [numa] b"),
            "a [numa(memory=0)] [numa(memory=1073741824)] b");
  EXPECT_EQ(with_memory_stated("pack:2 numa:1 pu:2"), "pack:2 numa:1 pu:2");
  EXPECT_EQ(with_memory_stated(""), "");
}

}  // namespace
}  // namespace nearmem
