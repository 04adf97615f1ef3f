#include "tools/measure/conditions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nearmem::measure {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

conditions undisturbed() {
  conditions calm;
  calm.virtual_machine = false;
  calm.cpus = calm.cores = 4;
  calm.cache_levels = 3;
  calm.huge_pages = "madvise";
  calm.huge_page_share = 1.0;
  calm.stolen = calm.others = 0.001;
  calm.pace_before = calm.pace_after = 1;
  return calm;
}

TEST(conditions, are_not_worth_a_word_where_nothing_disturbs) {
  EXPECT_THAT(warnings(undisturbed()), IsEmpty());
}

TEST(conditions, are_said_one_by_one) {
  const auto says = [](auto change, const char* words) {
    conditions disturbed = undisturbed();
    change(disturbed);
    EXPECT_EQ(warnings(disturbed).size(), 1) << words;
    EXPECT_THAT(warnings(disturbed), Contains(HasSubstr(words)));
  };
  says([](conditions& c) { c.virtual_machine = true; }, "a virtual machine");
  says([](conditions& c) { c.virtual_machine.reset(); }, "is not known");
  says([](conditions& c) { c.cores = 2; }, "several CPUs (SMT)");
  says([](conditions& c) { c.cores = 0; }, "which CPUs share a core is not known");
  says([](conditions& c) { c.cache_levels = 0; }, "states 0 levels of caches");
  says([](conditions& c) { c.huge_pages = "never"; }, "transparent huge pages are off");
  says([](conditions& c) { c.huge_page_share = 0.25; }, "only 25 % of what asked");
  says([](conditions& c) { c.stolen = 0.2; }, "the hypervisor took 20 %");
  says([](conditions& c) { c.others = 0.3; }, "other processes took 30 %");
  says([](conditions& c) { c.pace_after = 1.1; }, "ran 10 % slower at the end");
  says([](conditions& c) { c.pace_after = 0.9; }, "ran 10 % faster at the end");
}

TEST(conditions, share_out_what_cpus_spent) {
  conditions shared;
  share_out({100, 100, 10}, {160, 120, 30}, 40, shared);
  EXPECT_DOUBLE_EQ(*shared.stolen, 0.2);
  EXPECT_DOUBLE_EQ(*shared.others, 0.2);
  conditions nothing;
  share_out({100, 100, 10}, {100, 100, 10}, 0, nothing);
  EXPECT_FALSE(nothing.stolen);
  // Own time is counted more finely than the kernel's ticks.
  share_out({100, 100, 10}, {101, 100, 10}, 5, nothing);
  EXPECT_EQ(*nothing.others, 0);
}

TEST(conditions, know_the_machine) {
  const conditions found =
      look_around(machine::from_synthetic("pack:2 [numa] l3:1 l2:2 core:1 pu:2"));
  EXPECT_EQ(found.cpus, 8);
  EXPECT_EQ(found.cores, 4);
  EXPECT_EQ(found.cache_levels, 2);
  conditions run;
  cpu_time_meter().read(run);
  EXPECT_GE(run.stolen.value_or(0), 0);
}

}  // namespace
}  // namespace nearmem::measure
