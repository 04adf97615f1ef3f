#include <cerrno>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/alloc/page_source.hpp>
#include <nearmem/topology/this_thread.hpp>

#include "tests/alloc/simulated_machine.hpp"

// What a container forbids, what numactl started the process under, and strict binding.
namespace nearmem {
namespace {

using policy = memory_policy::kind;

void refuse_policies(simulated_kernel& kernel, int error) {
  for (const policy what : {policy::local, policy::preferred, policy::bind, policy::interleave}) {
    kernel.refuse_policy(what, error);
  }
}

class page_source_refusal : public testing::TestWithParam<int> {};

TEST_P(page_source_refusal, serves_by_first_touch_and_says_so) {
  simulated_machine simulated;
  refuse_policies(simulated.kernel, GetParam());
  page_source source = simulated.make();
  const bool denied = GetParam() == EPERM;
  const auto refused = denied ? binding_outcome::denied : binding_outcome::unsupported;
  const this_thread::assumed_node here(node_id{6});
  simulated.kernel.set_running_node(node_id{6});

  const page_grant local = source.acquire({.bytes = mebibyte});
  ASSERT_TRUE(local.run);
  EXPECT_EQ(local.node, node_id{6});
  EXPECT_EQ(local.outcome, denied ? binding_outcome::denied : binding_outcome::first_touch);
  EXPECT_EQ(simulated.kernel.node_of(local.run.data), node_id{6});

  // Touched by a thread on node 6, so there it lies, and there is its home.
  const page_grant preferred =
      source.acquire({.bytes = mebibyte, .where = placement::preferred(node_id{2})});
  ASSERT_TRUE(preferred.run);
  EXPECT_EQ(preferred.node, node_id{6});
  EXPECT_EQ(preferred.wanted, node_id{2});
  EXPECT_EQ(preferred.outcome, refused);
  EXPECT_EQ(source.home_of(preferred.run.data), node_id{6});
  EXPECT_EQ(source.spilled(node_id{2}, node_id{6}), mebibyte);

  const page_grant interleaved =
      source.acquire({.bytes = 1, .where = placement::interleave({node_id{1}, node_id{2}})});
  ASSERT_TRUE(interleaved.run);
  EXPECT_EQ(interleaved.outcome, refused);
  EXPECT_EQ(interleaved.node, node_id{6});

  const page_grant bound = source.acquire({.bytes = 1, .where = placement::bind(node_id{6})});
  EXPECT_EQ(bound.failure, page_failure::bind_refused);
  EXPECT_EQ(bound.outcome, refused);

  for (const page_run run : {local.run, preferred.run, interleaved.run})
    source.release(run);
  EXPECT_TRUE(source.audit());
  EXPECT_EQ(source.own_usage().committed, simulated.kernel.resident_bytes());
}

TEST_P(page_source_refusal, works_where_the_kernel_does_not_say_where_pages_lie) {
  simulated_machine simulated;
  simulated.kernel.refuse_locate(GetParam());
  page_source source = simulated.make();
  const page_grant local = source.acquire({.bytes = 1});
  ASSERT_TRUE(local.run);
  EXPECT_EQ(local.outcome, binding_outcome::preferred);
  // Strict is only what was seen to be strict.
  EXPECT_EQ(source.acquire({.bytes = 1, .where = placement::bind(node_id{1})}).failure,
            page_failure::bind_refused);
  source.release(local.run);
}

INSTANTIATE_TEST_SUITE_P(answers, page_source_refusal, testing::Values(EPERM, ENOSYS));

TEST(page_source_bind, binds_what_was_read_back_in_place) {
  simulated_machine simulated;
  page_source source = simulated.make();
  const placement where = placement::bind(node_id{4});
  std::vector<page_run> runs;
  for (const std::size_t bytes : {4096UL, 70000UL, 5UL << 20, 4096UL}) {
    const page_grant grant = source.acquire({.bytes = bytes, .where = where});
    ASSERT_EQ(grant.failure, page_failure::none);
    EXPECT_EQ(grant.node, node_id{4});
    EXPECT_EQ(grant.outcome, binding_outcome::bound);
    EXPECT_EQ(simulated.kernel.policy_of(grant.run.data).what, policy::bind);
    EXPECT_EQ(simulated.kernel.policy_of(grant.run.data + grant.run.bytes - 1).what, policy::bind);
    runs.push_back(grant.run);
  }
  // What is merely preferred shares no chunk with what is bound.
  const page_grant soft = source.acquire({.bytes = 1, .where = placement::preferred(node_id{4})});
  EXPECT_EQ(simulated.kernel.policy_of(soft.run.data).what, policy::preferred);
  source.release(soft.run);
  for (const page_run run : runs) {
    source.release(run);
    EXPECT_TRUE(source.audit());
  }
  EXPECT_EQ(simulated.kernel.policy_of(runs.front().data).what, policy::preferred);
  EXPECT_EQ(simulated.kernel.kills(), 0u);
}

TEST(page_source_bind, fails_on_a_full_node_and_gets_nobody_killed) {
  simulated_machine simulated;
  simulated.kernel.set_node_bytes(node_id{4}, 8 * mebibyte);
  page_source source = simulated.make();
  const placement where = placement::bind(node_id{4});
  std::vector<page_run> runs;
  page_grant grant;
  while ((grant = source.acquire({.bytes = 300 * 1024, .where = where})).run) {
    runs.push_back(grant.run);
  }
  EXPECT_EQ(grant.failure, page_failure::bind_refused);
  EXPECT_EQ(grant.outcome, binding_outcome::preferred);
  EXPECT_EQ(runs.size(), 27u);  // 27 × 300 KiB and the records fill 8 MiB
  EXPECT_EQ(simulated.kernel.kills(), 0u);
  EXPECT_EQ(source.spilled(node_id{4}, node_id{5}), 0u);
  EXPECT_EQ(source.own_usage().committed, simulated.kernel.resident_bytes());
  // Room again: served again.
  source.release(runs.back());
  runs.back() = source.acquire({.bytes = 300 * 1024, .where = where}).run;
  EXPECT_TRUE(runs.back());
  for (const page_run run : runs)
    source.release(run);
  EXPECT_TRUE(source.audit());
}

TEST(page_source_bind, knows_which_nodes_are_not_there) {
  simulated_machine simulated;
  simulated.kernel.set_allowed_nodes({node_id{0}, node_id{1}});
  page_source source = simulated.make();
  for (const std::uint32_t node : {2U, 8U, 5000U}) {
    const page_grant grant = source.acquire({.bytes = 1, .where = placement::bind(node_id{node})});
    EXPECT_EQ(grant.failure, page_failure::bind_refused);
    EXPECT_EQ(grant.outcome, binding_outcome::no_such_node);
  }
}

TEST(page_source_inherited, keeps_within_a_strict_policy) {
  simulated_machine simulated;
  simulated.kernel.set_inherited_policy({policy::bind, {node_id{1}, node_id{3}}});
  simulated.kernel.set_running_node(node_id{3});
  page_source source = simulated.make();
  const this_thread::assumed_node here(node_id{6});
  const page_grant local = source.acquire({.bytes = 1});
  ASSERT_TRUE(local.run);
  EXPECT_TRUE(local.node == node_id{1} || local.node == node_id{3});
  EXPECT_EQ(local.node, local.wanted);
  const page_grant elsewhere =
      source.acquire({.bytes = 1, .where = placement::preferred(node_id{5})});
  ASSERT_TRUE(elsewhere.run);
  EXPECT_EQ(elsewhere.wanted, node_id{5});
  EXPECT_NE(elsewhere.node, node_id{5});
  EXPECT_EQ(elsewhere.outcome, binding_outcome::denied);
  EXPECT_EQ(source.acquire({.bytes = 1, .where = placement::bind(node_id{5})}).outcome,
            binding_outcome::denied);
  const page_grant interleaved =
      source.acquire({.bytes = mebibyte, .where = placement::interleave({node_id{0}, node_id{3}})});
  EXPECT_EQ(interleaved.node, node_id{3});
  EXPECT_EQ(simulated.kernel.resident_bytes(node_id{0}), 0u);
  for (const page_run run : {local.run, elsewhere.run, interleaved.run})
    source.release(run);
}

TEST(page_source_inherited, makes_a_preference_the_meaning_of_local) {
  simulated_machine simulated;
  simulated.kernel.set_inherited_policy({policy::preferred, {node_id{2}}});
  page_source source = simulated.make();
  const this_thread::assumed_node here(node_id{6});
  const page_grant local = source.acquire({.bytes = 1});
  EXPECT_EQ(local.node, node_id{2});
  EXPECT_EQ(local.outcome, binding_outcome::preferred);
  source.release(local.run);
}

TEST(page_source_inherited, leaves_local_to_an_interleaving_policy) {
  simulated_machine simulated;
  const node_set all = simulated.hardware.node_numbers();
  simulated.kernel.set_inherited_policy({policy::interleave, all});
  page_source source = simulated.make();
  const page_grant local = source.acquire({.bytes = mebibyte});
  ASSERT_TRUE(local.run);
  EXPECT_EQ(local.outcome, binding_outcome::denied);
  EXPECT_EQ(source.home_of(local.run.data), std::nullopt);
  for (const node_id node : all)
    EXPECT_GT(simulated.kernel.resident_bytes(node), 0u);
  source.release(local.run);
}

}  // namespace
}  // namespace nearmem
