#include "tools/doctor_report.hpp"

#include <algorithm>
#include <cerrno>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nearmem/alloc/simulated_kernel.hpp>

namespace nearmem::tools {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

std::vector<std::string> names(const doctor_report& report) {
  std::vector<std::string> result;
  for (const finding& each : report.findings)
    result.emplace_back(each.name);
  return result;
}

// What a placement came to; requires that it was probed.
const probed_placement& of(const doctor_report& report, const placement& where) {
  return *std::find_if(report.placements.begin(), report.placements.end(),
                       [&](const probed_placement& each) { return each.where == where; });
}

// A machine whose kernel can be told to refuse.
struct patient {
  explicit patient(const char* notation) : hardware(machine::from_synthetic(notation)) {}

  doctor_report examine_it() {
    const page_source pages(hardware, calls);
    return examine(hardware, &pages);
  }

  machine hardware;
  simulated_kernel calls{hardware};
};

TEST(doctor_report, probes_every_placement_on_every_node) {
  const doctor_report report = patient("numa:3 pu:1").examine_it();
  ASSERT_EQ(report.placements.size(), 9);
  for (const probed_placement& each : report.placements) {
    EXPECT_TRUE(each.works) << each.where.to_string();
  }
  EXPECT_EQ(of(report, placement::bind(node_id{2})).outcome, binding_outcome::bound);
  EXPECT_EQ(of(report, placement::preferred(node_id{1})).outcome, binding_outcome::preferred);
  EXPECT_EQ(of(report, placement::first_touch()).outcome, binding_outcome::first_touch);
  EXPECT_EQ(of(report, placement::interleave(*node_set::parse("0-2"))).outcome,
            binding_outcome::preferred);
  EXPECT_THAT(names(report), ElementsAre("no_distances"));
}

TEST(doctor_report, probes_turns_by_weight_where_the_kernel_has_weights) {
  patient well("numa:3 pu:1");
  const placement by_weight = placement::weighted_interleave(*node_set::parse("0-2"));
  well.calls.set_weights({});
  EXPECT_EQ(well.examine_it().placements.size(), 10);
  EXPECT_EQ(of(well.examine_it(), by_weight).outcome, binding_outcome::preferred);
  EXPECT_TRUE(of(well.examine_it(), by_weight).works);
  well.calls.refuse_policy(memory_policy::kind::weighted_interleave, EPERM);
  EXPECT_EQ(of(well.examine_it(), by_weight).outcome, binding_outcome::denied);
  EXPECT_FALSE(of(well.examine_it(), by_weight).works);
}

TEST(doctor_report, pretends_nothing_about_a_described_machine) {
  const doctor_report report = examine(machine::from_synthetic("numa:2 pu:1"), nullptr);
  ASSERT_EQ(report.placements.size(), 7);
  for (const probed_placement& each : report.placements) {
    EXPECT_EQ(each.outcome, binding_outcome::simulated);
    EXPECT_FALSE(each.works);
  }
  EXPECT_THAT(names(report), ElementsAre("simulated", "no_distances"));
}

TEST(doctor_report, says_that_policies_are_forbidden) {
  patient sick("numa:2 pu:1");
  for (const memory_policy::kind what :
       {memory_policy::kind::preferred, memory_policy::kind::bind, memory_policy::kind::interleave,
        memory_policy::kind::local}) {
    sick.calls.refuse_policy(what, EPERM);
  }
  const doctor_report report = sick.examine_it();
  EXPECT_EQ(of(report, placement::bind(node_id{1})).outcome, binding_outcome::denied);
  EXPECT_FALSE(of(report, placement::preferred(node_id{1})).works);
  ASSERT_THAT(names(report), ElementsAre("denied", "no_distances"));
  EXPECT_EQ(report.findings[0].nodes.to_string(), "0-1");
  EXPECT_THAT(report.findings[0].remedy, Not(IsEmpty()));
}

TEST(doctor_report, says_that_the_kernel_has_no_policies) {
  patient sick("numa:2 pu:1");
  for (const memory_policy::kind what :
       {memory_policy::kind::preferred, memory_policy::kind::bind, memory_policy::kind::interleave,
        memory_policy::kind::local}) {
    sick.calls.refuse_policy(what, ENOSYS);
  }
  EXPECT_THAT(names(sick.examine_it()), ElementsAre("unsupported", "no_distances"));
}

TEST(doctor_report, tells_nodes_without_memory_from_full_and_barred_ones) {
  patient sick("pack:3 [numa(memory=0)] [numa(memory=1GB)] pu:1");
  sick.calls.set_node_bytes(node_id{3}, 1);  // less than a page: full from the start
  sick.calls.set_allowed_nodes(*node_set::parse("1,3"));
  const doctor_report report = sick.examine_it();
  ASSERT_THAT(names(report), ElementsAre("without_memory", "no_such_node", "full", "no_distances"));
  EXPECT_EQ(report.findings[0].nodes.to_string(), "0,2,4");
  EXPECT_EQ(report.findings[1].nodes.to_string(), "5");
  EXPECT_EQ(report.findings[2].nodes.to_string(), "3");
}

TEST(doctor_report, has_nothing_to_complain_of_on_one_node) {
  EXPECT_THAT(names(patient("pu:4").examine_it()), ElementsAre("one_node"));
}

TEST(doctor_report, finds_what_this_process_may_not) {
  const machine& here = machine::process();
  if (!here.is_live()) GTEST_SKIP() << "hwloc is told to load another machine";
  const std::vector<std::string> found = names(examine(here, &page_source::process()));
  const auto has = [&](const char* name) {
    return std::find(found.begin(), found.end(), name) != found.end();
  };
  EXPECT_EQ(has("control_group"), here.limits().cgroup_bytes.has_value());
  EXPECT_EQ(has("address_space"), here.limits().address_space_bytes.has_value());
  EXPECT_EQ(has("overcommit"), here.limits().overcommit == 2);
  EXPECT_EQ(has("huge_pages"), here.limits().huge_pages == "never");
  EXPECT_FALSE(has("simulated"));
}

}  // namespace
}  // namespace nearmem::tools
