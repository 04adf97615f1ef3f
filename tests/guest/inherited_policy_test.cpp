// What a process was started under, as by numactl, wins over what is asked of the library.
#include <gtest/gtest.h>
#include <linux/mempolicy.h>

#include "confined_process.hpp"
#include "lies_on.hpp"
#include "on_node.hpp"
#include "real_pages.hpp"

namespace nearmem {
namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20;

node_set every_node() {
  node_set set;
  for (const node_id node : allowed_memory_nodes())
    set.insert(node);
  return set;
}

TEST(guest_inherited_policy, membind_keeps_everything_on_its_node) {
  const node_id only = allowed_memory_nodes().back();
  const node_id other = allowed_memory_nodes().front();
  EXPECT_TRUE(holds_under({.policy_mode = MPOL_BIND, .policy_nodes = {only}}, [=] {
    real_pages pages;
    for (const node_id node : nodes_to_run_on()) {
      on_node(node, [&] {
        for (const placement& where :
             {placement::local(), placement::preferred(only), placement::interleave(every_node()),
              placement::first_touch(), placement::preferred(other)}) {
          const page_grant grant = pages.acquire(mebibyte, where);
          ASSERT_EQ(grant.failure, page_failure::none) << where.to_string();
          EXPECT_EQ(grant.node, only) << where.to_string();
          EXPECT_TRUE(lies_on(grant.run, only)) << where.to_string();
          pages.source.release(grant.run);
        }
      });
    }
    const page_grant elsewhere = pages.acquire(1, placement::preferred(other));
    EXPECT_EQ(elsewhere.outcome, binding_outcome::denied);
    EXPECT_EQ(pages.source.probe(placement::bind(other)), binding_outcome::denied);
    const page_grant refused = pages.acquire(1, placement::bind(other));
    EXPECT_EQ(refused.failure, page_failure::bind_refused);
    EXPECT_EQ(refused.outcome, binding_outcome::denied);
    const page_grant bound = pages.acquire(mebibyte, placement::bind(only));
    EXPECT_EQ(bound.outcome, binding_outcome::bound);
    EXPECT_TRUE(lies_on(bound.run, only));
    const pages_by_node counts = pages.mapped_slots();
    EXPECT_EQ(counts.size(), 1U);
    EXPECT_EQ(counts.begin()->first, only);
    pages.source.release(elsewhere.run);
    pages.source.release(bound.run);
  }));
}

TEST(guest_inherited_policy, membind_to_some_nodes_leaves_out_the_others) {
  const std::vector<node_id> nodes = allowed_memory_nodes();
  if (nodes.size() < 3) return;  // nothing between one and all
  const std::vector<node_id> some = {nodes[1], nodes[2]};
  EXPECT_TRUE(holds_under({.policy_mode = MPOL_BIND, .policy_nodes = {some[0], some[1]}}, [&some] {
    real_pages pages;
    for (const node_id node : nodes_to_run_on()) {
      const node_id serving = nearest_first(node, some).front();
      on_node(node, [&] {
        const page_grant grant = pages.acquire(mebibyte, placement::local());
        EXPECT_EQ(grant.node, serving) << "on " << to_number(node);
        EXPECT_TRUE(lies_on(grant.run, serving));
        pages.source.release(grant.run);
      });
    }
    const page_grant spread = pages.acquire(mebibyte, placement::interleave(every_node()));
    EXPECT_EQ(count_pages(spread.run), (pages_by_node{{some[0], 128}, {some[1], 128}}));
    pages.source.release(spread.run);
  }));
}

// numactl's word is strict: no other node may help out, and the process must live all the same.
TEST(guest_inherited_policy, membind_to_a_full_node_fails_and_kills_nobody) {
  const node_id only = allowed_memory_nodes().back();
  const std::size_t killed = oom_kills();
  EXPECT_TRUE(holds_under({.policy_mode = MPOL_BIND, .policy_nodes = {only}}, [=] {
    for (const placement& where :
         {placement::local(), placement::preferred(only), placement::bind(only)}) {
      SCOPED_TRACE(where.to_string());
      real_pages pages;
      std::vector<page_run> runs;
      page_grant grant;
      while ((grant = pages.acquire(2 * mebibyte, where)).run)
        runs.push_back(grant.run);
      EXPECT_NE(grant.failure, page_failure::none);
      EXPECT_GT(runs.size() * 2 * mebibyte, kernel_total_bytes(only) / 4);
      EXPECT_EQ(pages.mapped_slots(), (pages_by_node{{only, runs.size() * 512}}));
      for (const page_run run : runs)
        pages.source.release(run);
    }
  }));
  EXPECT_EQ(oom_kills(), killed);
}

TEST(guest_inherited_policy, a_preference_is_where_local_begins) {
  const node_id liked = allowed_memory_nodes().back();
  EXPECT_TRUE(holds_under({.policy_mode = MPOL_PREFERRED, .policy_nodes = {liked}}, [=] {
    real_pages pages;
    for (const node_id node : nodes_to_run_on()) {
      on_node(node, [&] {
        const page_grant grant = pages.acquire(mebibyte, placement::local());
        EXPECT_EQ(grant.node, liked);
        EXPECT_TRUE(lies_on(grant.run, liked));
        pages.source.release(grant.run);
      });
    }
  }));
}

TEST(guest_inherited_policy, interleaving_is_left_to_the_kernel) {
  EXPECT_TRUE(holds_under({.policy_mode = MPOL_INTERLEAVE, .policy_nodes = every_node()}, [] {
    real_pages pages;
    const page_grant grant = pages.acquire(4 * mebibyte, placement::local());
    ASSERT_EQ(grant.failure, page_failure::none);
    EXPECT_EQ(grant.outcome, binding_outcome::denied);
    EXPECT_EQ(count_pages(grant.run).size(), every_node().size());
    EXPECT_TRUE(lies_on({grant.run.data, 1}, grant.node));
    pages.source.release(grant.run);
    // What is asked for by name is done all the same: interleaving forbids nothing.
    const node_id node = allowed_memory_nodes().back();
    const page_grant bound = pages.acquire(mebibyte, placement::bind(node));
    EXPECT_EQ(bound.outcome, binding_outcome::bound);
    EXPECT_TRUE(lies_on(bound.run, node));
    pages.source.release(bound.run);
  }));
}

}  // namespace
}  // namespace nearmem
