// Where a container forbids the calls about memory policies: said so, and the first touch by the
// owning thread is the placement. The kernel's word is numa_maps, which no profile forbids.
#include <gtest/gtest.h>
#include <unistd.h>

#include <nearmem/alloc/page_account.hpp>
#include <nearmem/alloc/residency.hpp>

#include "confined_process.hpp"
#include "on_node.hpp"
#include "real_pages.hpp"

namespace nearmem {
namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20;
constexpr confinement container{.refuse_numa_calls = true};

TEST(guest_refused_calls, local_pages_lie_where_the_thread_runs) {
  EXPECT_TRUE(holds_under(container, [] {
    for (const node_id node : nodes_to_run_on()) {
      on_node(node, [node] {
        real_pages pages;
        const page_grant grant = pages.acquire(mebibyte, placement::local());
        ASSERT_EQ(grant.failure, page_failure::none);
        EXPECT_EQ(grant.outcome, binding_outcome::denied);
        const node_id serving = nearest_first(node, allowed_memory_nodes()).front();
        EXPECT_EQ(grant.node, serving);
        EXPECT_EQ(pages.mapped_slots(), (pages_by_node{{serving, mebibyte / 4096}}));
        pages.source.release(grant.run);
      });
    }
  }));
}

TEST(guest_refused_calls, what_was_preferred_lies_where_it_says_too) {
  EXPECT_TRUE(holds_under(container, [] {
    for (const node_id node : nodes_to_run_on()) {
      on_node(node, [] {
        for (const node_id wanted : allowed_memory_nodes()) {
          real_pages pages;
          const page_grant grant = pages.acquire(mebibyte, placement::preferred(wanted));
          ASSERT_EQ(grant.failure, page_failure::none);
          EXPECT_EQ(grant.outcome, binding_outcome::denied);
          EXPECT_EQ(pages.mapped_slots(), (pages_by_node{{grant.node, mebibyte / 4096}}));
          EXPECT_EQ(pages.source.home_of(grant.run.data), grant.node);
          if (grant.node != wanted) {
            EXPECT_EQ(pages.source.spilled(wanted, grant.node), grant.run.bytes);
          }
          pages.source.release(grant.run);
        }
      });
    }
  }));
}

TEST(guest_refused_calls, binding_is_denied_and_interleaving_is_first_touch) {
  EXPECT_TRUE(holds_under(container, [] {
    real_pages pages;
    const node_id node = allowed_memory_nodes().back();
    EXPECT_EQ(pages.source.probe(placement::bind(node)), binding_outcome::denied);
    EXPECT_EQ(pages.source.probe(placement::local()), binding_outcome::denied);
    const page_grant bound = pages.acquire(1, placement::bind(node));
    EXPECT_EQ(bound.failure, page_failure::bind_refused);
    EXPECT_EQ(bound.outcome, binding_outcome::denied);
    const page_grant spread = pages.acquire(mebibyte, placement::interleave({node}));
    ASSERT_EQ(spread.failure, page_failure::none);
    EXPECT_EQ(spread.outcome, binding_outcome::denied);
    pages.source.release(spread.run);
  }));
}

// Fills a few pages on the node where the thread runs, and has them looked for.
node_residency look_at_local_pages(node_id node) {
  node_residency seen;
  on_node(node, [&seen] {
    real_pages pages;
    page_account account(resource_options{.pages = &pages.source});
    const page_grant grant = account.acquire(mebibyte);
    ASSERT_TRUE(grant.run);
    seen = audit_residency(account).total();
    EXPECT_EQ(seen.pages, mebibyte / 4096);
    EXPECT_EQ(seen.misplaced, 0U);
    account.release(grant.run);
  });
  return seen;
}

// move_pages, else get_mempolicy, else numa_maps.
TEST(guest_refused_calls, pages_are_found_by_whatever_is_left) {
  for (const confinement& each :
       {confinement{}, confinement{.refuse_move_pages = true}, container}) {
    EXPECT_TRUE(holds_under(each, [] {
      for (const node_id node : nodes_to_run_on()) {
        const node_residency seen = look_at_local_pages(node);
        EXPECT_EQ(seen.resident, seen.pages);
        EXPECT_EQ(seen.unverified, 0U);
      }
    }));
  }
}

TEST(guest_refused_calls, without_numa_maps_nothing_is_claimed) {
  if (::geteuid() != 0) GTEST_SKIP() << "hiding /proc takes root";
  EXPECT_TRUE(holds_under({.refuse_numa_calls = true, .hide_proc = true}, [] {
    real_pages pages;
    page_account account(resource_options{.pages = &pages.source});
    const page_grant grant = account.acquire(mebibyte);
    ASSERT_TRUE(grant.run);
    const node_residency seen = audit_residency(account).total();
    EXPECT_EQ(seen.pages, mebibyte / 4096);
    EXPECT_EQ(seen.unverified, seen.pages);
    account.release(grant.run);
  }));
}

// Which pages of a mapping on several nodes lie where is not told then. What cannot be known is not
// claimed.
TEST(guest_refused_calls, what_strays_from_a_full_node_is_found_or_unverified) {
  const node_id full = nodes_to_run_on().back();
  EXPECT_TRUE(holds_under(container, [full] {
    on_node(full, [full] {
      real_pages pages;
      page_account account(resource_options{.pages = &pages.source});
      std::vector<page_run> runs;
      std::size_t beyond = kernel_total_bytes(full) / mebibyte / 2 + 8;
      while (beyond-- > 0) {
        const page_grant grant = account.acquire(2 * mebibyte);
        if (!grant.run) break;
        runs.push_back(grant.run);
        if (beyond > 8 && pages.mapped_slots().size() > 1) beyond = 8;
      }
      const pages_by_node mapped = pages.mapped_slots();
      ASSERT_GT(mapped.size(), 1U);
      const node_residency seen = audit_residency(account).total();
      std::size_t books_off = 0;
      for (const auto& [node, count] : mapped) {
        const std::size_t footprint = account.usage(node).footprint / 4096;
        if (footprint < count) books_off += count - footprint;
      }
      EXPECT_TRUE(books_off <= seen.misplaced || seen.unverified == seen.pages);
      for (const page_run run : runs)
        account.release(run);
    });
  }));
}

}  // namespace
}  // namespace nearmem
