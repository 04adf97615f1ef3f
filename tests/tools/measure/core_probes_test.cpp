#include "tools/measure/core_probes.hpp"

#include <gtest/gtest.h>

#include <nearmem/alloc/simulated_kernel.hpp>

#include "tests/tools/measure/probes_here.hpp"

namespace nearmem::measure {
namespace {

TEST(core_probes, give_samples_on_this_machine) {
  page_source& pages = page_source::process();
  if (!pages.hardware().is_live()) GTEST_SKIP() << "hwloc is told to load another machine";
  for (const auto make : {round_trip_probes, interference_probes, page_probes, path_probes})
    expect_samples(make(small_plan(pages)));
}

TEST(core_probes, say_what_a_single_core_cannot_show) {
  const machine one = machine::from_synthetic("numa:1(memory=268435456) core:1 pu:2");
  simulated_kernel calls(one);
  page_source pages(one, calls);
  const std::vector<probe> apart = interference_probes(small_plan(pages));
  ASSERT_EQ(apart.size(), 1);
  EXPECT_EQ(apart[0].what.not_measured, "no two CPUs are of different cores");
  EXPECT_EQ(round_trip_probes(small_plan(pages)).size(), 1);

  const machine single = machine::from_synthetic("numa:1(memory=268435456) core:1 pu:1");
  simulated_kernel single_calls(single);
  page_source single_pages(single, single_calls);
  EXPECT_EQ(round_trip_probes(small_plan(single_pages))[0].what.not_measured, "there is one CPU");
}

}  // namespace
}  // namespace nearmem::measure
