#include "tools/measure/verdicts.hpp"

#include <algorithm>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/seed.hpp"
#include "tests/tools/measure/planted.hpp"

namespace nearmem::measure {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// A report with every effect there is, disturbed by so much.
report planted(double amount) {
  planted_noise noise(test_seed(), amount);
  report made = empty_report("pack:2 [numa] l2:1(size=1048576) core:2 pu:1");
  made.parts.push_back(planted_sharing(noise, 64));
  part_report latency{part::latency, {}};
  for (const char* series : {"small_pages", "huge_pages", "loaded"}) {
    for (std::size_t bytes = 4096; bytes <= 16 << 20; bytes *= 2) {
      double base = bytes <= 1 << 20 ? 4 : 8;
      if (bytes == 16 << 20 && std::string(series) == "small_pages") base = 12;
      if (std::string(series) == "loaded") base *= 1.5;
      latency.rows.push_back(row_of(series, bytes, noise.around(base)));
    }
  }
  part_report nodes{part::nodes, {}};
  for (unsigned from = 0; from < 2; ++from) {
    for (unsigned to = 0; to < 2; ++to)
      nodes.rows.push_back(cell_of("latency", from, to, noise.around(from == to ? 90 : 150)));
  }
  part_report conflicts{part::conflicts, {}};
  for (const std::size_t stride : {1024U, 4096U}) {
    conflicts.rows.push_back(row_of("aligned", stride, noise.around(stride == 4096 ? 12 : 4)));
    conflicts.rows.push_back(row_of("coloured", stride, noise.around(3.9)));
  }
  made.parts.push_back(latency);
  made.parts.push_back(nodes);
  made.parts.push_back(conflicts);
  return made;
}

verdict find(const report& made, const std::string& name) {
  const std::vector<verdict> all = judge(made);
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const verdict& each) { return each.name == name; });
  EXPECT_NE(found, all.end()) << name;
  return found == all.end() ? verdict{} : *found;
}

TEST(verdicts, find_every_planted_effect) {
  const report made = planted(0.01);
  EXPECT_EQ(find(made, "line_bytes").bytes, 64);
  EXPECT_EQ(find(made, "cache_level_2").bytes, 1 << 20);
  EXPECT_THAT(find(made, "cache_level_2").text, HasSubstr("beyond 1 MiB; stated: 1 MiB"));
  const verdict huge = find(made, "huge_pages");
  EXPECT_EQ(huge.state, verdict_state::decided);
  EXPECT_NEAR(*huge.effect, 8.0 / 12 - 1, 0.05);
  EXPECT_THAT(huge.text, HasSubstr("% less time, at 16 MiB"));
  EXPECT_NEAR(*find(made, "load").effect, 0.5, 0.1);
  const verdict remote = find(made, "remote");
  EXPECT_EQ(remote.state, verdict_state::decided);
  EXPECT_NEAR(*remote.effect, 150.0 / 90 - 1, 0.1);
  const verdict conflicts = find(made, "conflicts");
  EXPECT_NEAR(*conflicts.effect, 12 / 3.9 - 1, 0.2);
  EXPECT_THAT(conflicts.text, StartsWith("lines 4 KiB apart take "));
}

TEST(verdicts, refuse_all_of_them_in_planted_noise) {
  for (const verdict& each : judge(planted(10))) {
    EXPECT_EQ(each.state, verdict_state::undecided) << each.name << ": " << each.text;
    EXPECT_FALSE(each.bytes) << each.name;
    EXPECT_THAT(each.text, StartsWith("not decided: ")) << each.name;
  }
}

TEST(verdicts, say_that_nothing_differs_where_nothing_does) {
  planted_noise noise(test_seed(), 0.001);
  report made = empty_report();
  made.parts.push_back(
      {part::nodes,
       {cell_of("latency", 0, 0, noise.around(90)), cell_of("latency", 0, 1, noise.around(90.5))}});
  EXPECT_EQ(find(made, "remote").text, "all nodes' memory is equally near");
}

TEST(verdicts, say_what_was_not_measured) {
  planted_noise noise(test_seed(), 0.01);
  report made = empty_report("numa:1 l2:1(size=1048576) core:2 pu:1");
  made.parts.push_back({part::nodes, {cell_of("latency", 0, 0, noise.around(90))}});
  made.parts.push_back({part::latency,
                        {row_of("small_pages", 4096, noise.around(1)),
                         {.series = "huge_pages", .bytes = 4096, .not_measured = "they are off"}}});
  made.parts.push_back({part::conflicts, {}});
  EXPECT_EQ(find(made, "remote").text, "not measured: there is one node");
  EXPECT_EQ(find(made, "huge_pages").text, "not measured: they are off");
  EXPECT_EQ(find(made, "load").text, "not measured: they are off");
  EXPECT_THAT(find(made, "cache_level_2").text, StartsWith("not measured: no footprint is twice"));
  EXPECT_EQ(find(made, "conflicts").state, verdict_state::not_measured);
}

TEST(verdicts, find_edges_where_the_machine_states_no_caches) {
  planted_noise noise(test_seed(), 0.01);
  report made = empty_report("numa:1 core:2 pu:1");
  part_report latency{part::latency, {}};
  for (std::size_t bytes = 4096; bytes <= 1 << 20; bytes *= 2)
    latency.rows.push_back(row_of("small_pages", bytes, noise.around(bytes <= 65536 ? 2 : 9)));
  made.parts.push_back(latency);
  EXPECT_EQ(find(made, "cache_edge").bytes, 65536);
}

TEST(verdicts, are_none_without_parts) {
  EXPECT_TRUE(judge(empty_report()).empty());
}

}  // namespace
}  // namespace nearmem::measure
