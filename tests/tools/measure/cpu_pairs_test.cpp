#include "tools/measure/cpu_pairs.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nearmem::measure {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<std::string> shown(const std::vector<cpu_pair>& pairs) {
  std::vector<std::string> lines;
  for (const cpu_pair& each : pairs) {
    lines.push_back(std::to_string(each.first) + "-" + std::to_string(each.second) + " " +
                    each.shares);
  }
  return lines;
}

TEST(cpu_pairs, tell_everything_that_cpus_share) {
  const machine hardware = machine::from_synthetic("pack:2 [numa] l3:2 l2:2 core:1 pu:2");
  EXPECT_THAT(shown(telling_pairs(hardware)),
              ElementsAre("0-1 core", "0-2 cache level 3", "0-4 node", "0-8 machine"));
}

TEST(cpu_pairs, reach_from_every_node_to_every_other) {
  const machine hardware = machine::from_synthetic("pack:2 group:2 [numa] core:2 pu:1");
  EXPECT_THAT(shown(telling_pairs(hardware)),
              ElementsAre("0-1 node", "0-2 package", "0-4 machine", "0-6 machine", "2-4 machine",
                          "2-6 machine", "4-6 package"));
  EXPECT_THAT(telling_pairs(machine::from_synthetic("pack:40 [numa] pu:1")), SizeIs(64));
}

TEST(cpu_pairs, are_none_of_one_cpu) {
  EXPECT_THAT(telling_pairs(machine::from_synthetic("numa:1 pu:1")), IsEmpty());
}

TEST(cpu_pairs, find_the_nearest_two_cores) {
  const auto nearest = [](const char* text) {
    return shown(nearest_cores(machine::from_synthetic(text)));
  };
  EXPECT_THAT(nearest("pack:2 [numa] l3:2 l2:2 core:1 pu:2"), ElementsAre("0-2 cache level 3"));
  EXPECT_THAT(nearest("pack:2 [numa] core:1 pu:2"), ElementsAre("0-2 machine"));
  // Siblings are one core.
  EXPECT_THAT(nearest("numa:1 core:1 pu:2"), IsEmpty());
}

}  // namespace
}  // namespace nearmem::measure
