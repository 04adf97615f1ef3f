#include "tools/measure/memory_probes.hpp"

#include <set>
#include <utility>

#include <gtest/gtest.h>

#include <nearmem/alloc/simulated_kernel.hpp>

#include "tests/tools/measure/probes_here.hpp"

namespace nearmem::measure {
namespace {

// What is simulated has rows of the right shape; nothing of it is run.
struct four_nodes {
  machine hardware = machine::from_synthetic("pack:4 [numa(memory=268435456)] core:2 pu:2");
  simulated_kernel calls{hardware};
  page_source pages{hardware, calls};
};

TEST(memory_probes, have_a_cell_for_every_two_nodes) {
  four_nodes simulated;
  for (const auto& [make, series] :
       {std::pair(&node_latency_probes, 1U), std::pair(&bandwidth_probes, 3U)}) {
    const std::vector<probe> probes = make(small_plan(simulated.pages));
    EXPECT_EQ(probes.size(), 16 * series);
    std::set<std::pair<unsigned, unsigned>> cells;
    for (const probe& each : probes) {
      EXPECT_EQ(each.what.not_measured, "");
      cells.emplace(*each.what.from, *each.what.to);
    }
    EXPECT_EQ(cells.size(), 16);
  }
}

TEST(memory_probes, cannot_be_timed_on_what_is_not_here) {
  four_nodes simulated;
  for (const probe& each : node_latency_probes(small_plan(simulated.pages)))
    EXPECT_FALSE(each.pass());
}

TEST(memory_probes, give_samples_on_this_machine) {
  page_source& pages = page_source::process();
  if (!pages.hardware().is_live()) GTEST_SKIP() << "hwloc is told to load another machine";
  for (const auto make : {latency_probes, node_latency_probes, bandwidth_probes, conflict_probes})
    expect_samples(make(small_plan(pages)));
}

class counting_observer final : public cell_observer {
 public:
  void begins(part, unsigned from, unsigned to) override { open_.emplace(from, to); }
  void ends() override { ++ended_; }
  std::size_t ended() const { return ended_; }

 private:
  std::set<std::pair<unsigned, unsigned>> open_;
  std::size_t ended_ = 0;
};

TEST(memory_probes, tell_an_observer_of_each_pass) {
  page_source& pages = page_source::process();
  if (!pages.hardware().is_live()) GTEST_SKIP() << "hwloc is told to load another machine";
  counting_observer observer;
  plan with = small_plan(pages);
  with.observer = &observer;
  static_cast<void>(bandwidth_probes(with).front().pass());
  EXPECT_EQ(observer.ended(), 1);
}

}  // namespace
}  // namespace nearmem::measure
