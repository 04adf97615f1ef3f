// A cgroup that allows only some nodes: the others do not exist for the process, whose threads may
// run beside them all the same.
#include <algorithm>
#include <fstream>

#include <gtest/gtest.h>

#include <nearmem/alloc/page_account.hpp>
#include <nearmem/alloc/residency.hpp>

#include "lies_on.hpp"
#include "on_node.hpp"
#include "real_pages.hpp"

namespace nearmem {
namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20;

std::vector<node_id> forbidden_nodes() {
  std::vector<node_id> nodes = kernel_nodes("has_memory");
  std::erase_if(nodes,
                [](node_id node) { return std::ranges::count(allowed_memory_nodes(), node) != 0; });
  return nodes;
}

TEST(guest_cpuset, threads_beside_forbidden_nodes_use_the_nearest_allowed_one) {
  ASSERT_FALSE(forbidden_nodes().empty());
  real_pages pages;
  for (const node_id node : nodes_to_run_on()) {
    const node_id expected = nearest_first(node, allowed_memory_nodes()).front();
    on_node(node, [&] {
      const page_grant grant = pages.acquire(mebibyte, placement::local());
      ASSERT_EQ(grant.failure, page_failure::none);
      EXPECT_EQ(grant.node, expected) << "on " << to_number(node);
      EXPECT_TRUE(lies_on(grant.run, expected));
      pages.source.release(grant.run);
    });
  }
}

TEST(guest_cpuset, a_forbidden_node_is_answered_in_words) {
  real_pages pages;
  for (const node_id node : forbidden_nodes()) {
    EXPECT_EQ(pages.source.probe(placement::bind(node)), binding_outcome::no_such_node);
    const page_grant bound = pages.acquire(1, placement::bind(node));
    EXPECT_EQ(bound.failure, page_failure::bind_refused);
    EXPECT_EQ(bound.outcome, binding_outcome::no_such_node);
    const page_grant preferred = pages.acquire(mebibyte, placement::preferred(node));
    ASSERT_EQ(preferred.failure, page_failure::none);
    EXPECT_EQ(preferred.outcome, binding_outcome::no_such_node);
    EXPECT_TRUE(lies_on(preferred.run, preferred.node));
    pages.source.release(preferred.run);
  }
}

TEST(guest_cpuset, interleaving_leaves_forbidden_nodes_out) {
  real_pages pages;
  node_set every;
  for (const node_id node : kernel_nodes("has_memory"))
    every.insert(node);
  const page_grant grant = pages.acquire(4 * mebibyte, placement::interleave(every));
  ASSERT_EQ(grant.failure, page_failure::none);
  std::vector<node_id> found;
  for (const auto& [node, count] : count_pages(grant.run))
    found.push_back(node);
  EXPECT_EQ(found, allowed_memory_nodes());
  pages.source.release(grant.run);
}

// An administrator takes a node away while the program runs: the kernel moves its pages. Last, as
// it stays so.
TEST(guest_cpuset_shrinking, is_found_by_an_audit_and_nothing_is_claimed_of_the_lost_node) {
  const std::vector<node_id> before = allowed_memory_nodes();
  ASSERT_EQ(before.size(), 2U);
  const node_id stays = before[0];
  const node_id goes = before[1];
  real_pages pages;
  page_account account(resource_options{.where = placement::bind(goes), .pages = &pages.source});
  const page_grant grant = account.acquire(mebibyte);
  ASSERT_TRUE(grant.run);
  ASSERT_TRUE(lies_on(grant.run, goes));
  page_account unaware(
      resource_options{.where = placement::preferred(goes), .pages = &pages.source});
  const page_grant held = unaware.acquire(mebibyte);
  ASSERT_TRUE(lies_on(held.run, goes));

  std::ofstream("/sys/fs/cgroup/program/cpuset.mems") << to_number(stays);
  ASSERT_EQ(allowed_memory_nodes(), std::vector<node_id>{stays});
  ASSERT_TRUE(lies_on(grant.run, stays));
  const node_residency seen = audit_residency(account).total();
  EXPECT_EQ(seen.misplaced, grant.run.bytes / 4096);
  EXPECT_EQ(account.usage(goes).misplaced, grant.run.bytes);
  EXPECT_EQ(repair_residency(account).left, grant.run.bytes / 4096);
  account.release(grant.run);
  // Nobody audits this one: it finds out by itself while it is used.
  EXPECT_EQ(unaware.usage(goes).misplaced, 0U);
  for (int i = 0; i < 1100; ++i)
    unaware.release(unaware.acquire(1).run);
  EXPECT_EQ(unaware.usage(goes).misplaced, held.run.bytes);
  EXPECT_EQ(unaware.usage(stays).misplaced, 0U);
  unaware.release(held.run);

  const page_grant preferred = pages.acquire(mebibyte, placement::preferred(goes));
  ASSERT_EQ(preferred.failure, page_failure::none);
  EXPECT_EQ(preferred.node, stays);
  EXPECT_TRUE(lies_on(preferred.run, stays));
  pages.source.release(preferred.run);
  const page_grant bound = pages.acquire(mebibyte, placement::bind(goes));
  EXPECT_EQ(bound.failure, page_failure::bind_refused);
  EXPECT_EQ(bound.outcome, binding_outcome::no_such_node);
  const page_grant here = pages.acquire(mebibyte, placement::bind(stays));
  EXPECT_EQ(here.outcome, binding_outcome::bound);
  EXPECT_TRUE(lies_on(here.run, stays));
  pages.source.release(here.run);
}

}  // namespace
}  // namespace nearmem
