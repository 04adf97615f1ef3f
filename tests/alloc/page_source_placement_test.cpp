#include <cerrno>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/alloc/page_source.hpp>
#include <nearmem/topology/this_thread.hpp>

#include "tests/alloc/simulated_machine.hpp"

// Eight nodes with numbers that have gaps, 64 MiB each, in a kernel made up for it.
namespace nearmem {
namespace {

constexpr const char* sparse = "numa:8(memory=64MB indexes=0,1,2,5,8,9,33,72) core:2 pu:1";

class page_source_placement : public testing::Test {
 protected:
  page_source_placement() {
    for (const numa_node& node : simulated.hardware.nodes())
      ids.push_back(node.id);
  }

  // Every page of a run lies on a node.
  testing::AssertionResult lies_on(page_run run, node_id node) {
    for (std::size_t at = 0; at < run.bytes; at += simulated.kernel.page_bytes()) {
      const auto found = simulated.kernel.node_of(run.data + at);
      if (!found) return testing::AssertionFailure() << "page " << at << " is not in memory";
      if (*found != node) {
        return testing::AssertionFailure() << "page " << at << " on " << to_number(*found);
      }
    }
    return testing::AssertionSuccess();
  }

  simulated_machine simulated{sparse};
  std::vector<node_id> ids;
};

TEST_F(page_source_placement, has_gaps_in_its_numbers) {
  ASSERT_EQ(ids.size(), 8u);
  EXPECT_EQ(ids[3], node_id{5});
  EXPECT_EQ(ids[7], node_id{72});
}

TEST_F(page_source_placement, serves_local_on_the_threads_node) {
  page_source source = simulated.make();
  for (const node_id node : ids) {
    const this_thread::assumed_node here(node);
    const page_grant grant = source.acquire({.bytes = 3 * mebibyte});
    ASSERT_EQ(grant.failure, page_failure::none);
    EXPECT_EQ(grant.node, node);
    EXPECT_EQ(grant.wanted, node);
    EXPECT_EQ(grant.outcome, binding_outcome::preferred);
    EXPECT_EQ(source.home_of(grant.run.data), node);
    EXPECT_TRUE(lies_on(grant.run, node));
    source.release(grant.run);
  }
  EXPECT_TRUE(source.audit());
}

TEST_F(page_source_placement, serves_preferred_on_its_node) {
  page_source source = simulated.make();
  const page_grant grant = source.acquire({.bytes = 1, .where = placement::preferred(node_id{33})});
  EXPECT_EQ(grant.node, node_id{33});
  EXPECT_EQ(grant.outcome, binding_outcome::preferred);
  EXPECT_TRUE(lies_on(grant.run, node_id{33}));
  source.release(grant.run);
}

TEST_F(page_source_placement, spills_from_a_full_node_and_counts_it) {
  simulated.kernel.set_node_bytes(node_id{5}, 4 * mebibyte);
  page_source source = simulated.make();
  const placement where = placement::preferred(node_id{5});
  const node_id next = source.hardware().fallback_order(node_id{5})[1];
  std::vector<page_run> runs;
  std::size_t spilled = 0;
  for (int i = 0; i < 8; ++i) {
    const page_grant grant = source.acquire({.bytes = mebibyte, .where = where});
    ASSERT_TRUE(grant.run);
    EXPECT_EQ(grant.wanted, node_id{5});
    EXPECT_TRUE(lies_on(grant.run, grant.node));
    if (grant.node != node_id{5}) {
      EXPECT_EQ(grant.node, next);
      spilled += grant.run.bytes;
    }
    runs.push_back(grant.run);
  }
  EXPECT_GE(spilled, 4 * mebibyte);
  EXPECT_EQ(source.spilled(node_id{5}, next), spilled);
  EXPECT_EQ(source.spilled(next, node_id{5}), 0u);
  for (const page_run run : runs)
    source.release(run);
  EXPECT_EQ(simulated.kernel.resident_bytes(), source.own_usage().committed);
  EXPECT_TRUE(source.audit());
}

TEST_F(page_source_placement, gives_strays_back_before_it_spills) {
  simulated.kernel.set_node_bytes(node_id{5}, 2 * mebibyte);
  page_source source = simulated.make();
  const page_grant grant =
      source.acquire({.bytes = 8 * mebibyte, .where = placement::preferred(node_id{5})});
  ASSERT_TRUE(grant.run);
  EXPECT_NE(grant.node, node_id{5});
  EXPECT_TRUE(lies_on(grant.run, grant.node));
  // Nothing but records is left on the node that was tried first.
  EXPECT_LE(simulated.kernel.resident_bytes(node_id{5}), 4 * source.page_bytes());
  source.release(grant.run);
}

TEST_F(page_source_placement, counts_an_exhausted_slot_as_a_full_node) {
  simulated.slot = 16 * mebibyte;
  page_source source = simulated.make();
  const placement where = placement::preferred(node_id{0});
  const page_grant first = source.acquire({.bytes = 16 * mebibyte, .where = where});
  const page_grant second = source.acquire({.bytes = 16 * mebibyte, .where = where});
  EXPECT_EQ(first.node, node_id{0});
  EXPECT_EQ(second.node, source.hardware().fallback_order(node_id{0})[1]);
  EXPECT_EQ(source.spilled(node_id{0}, second.node), 16 * mebibyte);
  const page_grant third =
      source.acquire({.bytes = mebibyte, .where = placement::bind(node_id{0})});
  EXPECT_EQ(third.failure, page_failure::bind_refused);
  EXPECT_EQ(third.outcome, binding_outcome::preferred);
  source.release(first.run);
  source.release(second.run);
}

TEST_F(page_source_placement, fails_when_every_node_is_full) {
  for (const node_id node : ids)
    simulated.kernel.set_node_bytes(node, mebibyte);
  page_source source = simulated.make();
  const page_grant grant = source.acquire({.bytes = 2 * mebibyte});
  EXPECT_EQ(grant.failure, page_failure::memory);
  EXPECT_FALSE(grant.run);
  EXPECT_EQ(source.own_usage().committed, simulated.kernel.resident_bytes());
  EXPECT_TRUE(source.audit());
}

TEST_F(page_source_placement, serves_a_node_that_is_not_there_from_another_and_says_so) {
  page_source source = simulated.make();
  const page_grant grant = source.acquire({.bytes = 1, .where = placement::preferred(node_id{7})});
  ASSERT_TRUE(grant.run);
  EXPECT_EQ(grant.wanted, node_id{7});
  EXPECT_EQ(grant.outcome, binding_outcome::no_such_node);
  EXPECT_EQ(source.spilled(node_id{7}, grant.node), source.page_bytes());
  EXPECT_EQ(source.spilled(grant.node, node_id{7}), 0u);
  source.release(grant.run);
}

TEST_F(page_source_placement, interleaves_page_by_page) {
  page_source source = simulated.make();
  const node_set set{node_id{1}, node_id{8}, node_id{72}};
  const page_grant grant =
      source.acquire({.bytes = 3 * mebibyte, .where = placement::interleave(set)});
  ASSERT_TRUE(grant.run);
  EXPECT_EQ(grant.outcome, binding_outcome::preferred);
  EXPECT_EQ(source.home_of(grant.run.data), std::nullopt);
  EXPECT_TRUE(source.contains(grant.run.data));
  EXPECT_EQ(simulated.kernel.node_of(grant.run.data), grant.node);
  for (const node_id node : set) {
    EXPECT_GE(simulated.kernel.resident_bytes(node), mebibyte - source.page_bytes());
  }
  // A different set is never in the same chunk.
  const page_grant other =
      source.acquire({.bytes = 1, .where = placement::interleave({node_id{0}, node_id{2}})});
  EXPECT_EQ(simulated.kernel.policy_of(other.run.data).nodes, (node_set{node_id{0}, node_id{2}}));
  EXPECT_EQ(simulated.kernel.policy_of(grant.run.data).nodes, set);
  source.release(grant.run);
  source.release(other.run);
  EXPECT_EQ(simulated.kernel.policy_of(other.run.data), memory_policy{});
}

TEST_F(page_source_placement, interleaves_over_the_nodes_that_are_there) {
  page_source source = simulated.make();
  const page_grant grant =
      source.acquire({.bytes = mebibyte, .where = placement::interleave({node_id{1}, node_id{3}})});
  ASSERT_TRUE(grant.run);
  EXPECT_TRUE(lies_on(grant.run, node_id{1}));
  const page_grant none =
      source.acquire({.bytes = 1, .where = placement::interleave({node_id{3}})});
  ASSERT_TRUE(none.run);
  EXPECT_EQ(none.outcome, binding_outcome::no_such_node);
  source.release(grant.run);
  source.release(none.run);
}

TEST_F(page_source_placement, leaves_first_touch_to_the_thread) {
  page_source source = simulated.make();
  simulated.kernel.set_running_node(node_id{9});
  const page_grant grant = source.acquire({.bytes = 1, .where = placement::first_touch()});
  EXPECT_EQ(grant.node, node_id{9});
  EXPECT_EQ(grant.outcome, binding_outcome::first_touch);
  EXPECT_EQ(source.home_of(grant.run.data), std::nullopt);
  EXPECT_EQ(simulated.kernel.policy_of(grant.run.data), memory_policy{});
  source.release(grant.run);
}

TEST_F(page_source_placement, opens_whole_chunks_to_huge_pages_and_closes_them) {
  page_source source = simulated.make();
  const page_grant small = source.acquire({.bytes = 1});
  const page_grant huge = source.acquire({.bytes = 3 * mebibyte, .huge_pages = true});
  ASSERT_TRUE(small.run && huge.run);
  EXPECT_EQ(huge.run.bytes, 4 * mebibyte);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(huge.run.data) % page_source::chunk_bytes, 0u);
  EXPECT_TRUE(simulated.kernel.huge_pages_allowed(huge.run.data));
  EXPECT_TRUE(simulated.kernel.huge_pages_allowed(huge.run.data + huge.run.bytes - 1));
  EXPECT_FALSE(simulated.kernel.huge_pages_allowed(small.run.data));
  source.release(huge.run);
  EXPECT_FALSE(simulated.kernel.huge_pages_allowed(huge.run.data));
  source.release(small.run);
}

TEST_F(page_source_placement, serves_no_memory_from_nodes_without_any) {
  simulated.kernel.set_node_bytes(node_id{0}, 0);
  page_source source = simulated.make();
  // The machine's description says that it has some: the kernel refuses the policy.
  const page_grant grant = source.acquire({.bytes = 1, .where = placement::preferred(node_id{0})});
  ASSERT_TRUE(grant.run);
  EXPECT_EQ(grant.node, source.hardware().fallback_order(node_id{0})[1]);
  EXPECT_EQ(source.acquire({.bytes = 1, .where = placement::bind(node_id{0})}).outcome,
            binding_outcome::no_such_node);
  source.release(grant.run);
}

TEST_F(page_source_placement, keeps_within_the_cpuset) {
  const node_set allowed{node_id{2}, node_id{9}};
  simulated.kernel.set_allowed_nodes(allowed);
  page_source source = simulated.make();
  for (const node_id node : ids) {
    const page_grant grant = source.acquire({.bytes = 1, .where = placement::preferred(node)});
    ASSERT_TRUE(grant.run);
    EXPECT_TRUE(allowed.contains(grant.node));
    EXPECT_TRUE(lies_on(grant.run, grant.node));
    source.release(grant.run);
  }
}

TEST(page_source_of_another_machine, is_simulated_and_told_nothing) {
  simulated_machine simulated;
  const machine other = machine::from_synthetic("numa:4 core:1 pu:1");
  page_source source(other, simulated.kernel, 64 * mebibyte);
  for (const placement& where :
       {placement::local(), placement::preferred(node_id{2}), placement::bind(node_id{3}),
        placement::interleave({node_id{0}, node_id{1}}), placement::first_touch()}) {
    const page_grant grant = source.acquire({.bytes = 1, .where = where});
    ASSERT_TRUE(grant.run) << where.to_string();
    EXPECT_EQ(grant.outcome, binding_outcome::simulated) << where.to_string();
    EXPECT_EQ(source.probe(where), binding_outcome::simulated);
    source.release(grant.run);
  }
  EXPECT_EQ(source.acquire({.bytes = 1, .where = placement::bind(node_id{4})}).outcome,
            binding_outcome::no_such_node);
  EXPECT_EQ(simulated.kernel.calls(kernel_call::set_policy), 0u);
  EXPECT_EQ(simulated.kernel.calls(kernel_call::locate), 0u);
}

}  // namespace
}  // namespace nearmem
