// Where the pages of a page source lie, under every placement, read back from the kernel.
#include <algorithm>
#include <cstddef>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "lies_on.hpp"
#include "on_node.hpp"
#include "real_pages.hpp"
#include "tests/support/seed.hpp"

namespace nearmem {
namespace {

constexpr std::size_t kibibyte = 1024;
constexpr std::size_t mebibyte = 1024 * kibibyte;
constexpr std::size_t run_sizes[] = {1, 12 * kibibyte, 64 * kibibyte, 2 * mebibyte, 5 * mebibyte};

node_set set_of(const std::vector<node_id>& nodes) {
  node_set set;
  for (const node_id node : nodes)
    set.insert(node);
  return set;
}

// The node that serves a thread on `node`: itself, or the nearest with memory.
node_id serving(node_id node) {
  return nearest_first(node, allowed_memory_nodes()).front();
}

TEST(guest_placement, preferred_pages_lie_on_their_node) {
  real_pages pages;
  for (const node_id node : allowed_memory_nodes()) {
    EXPECT_EQ(pages.source.probe(placement::preferred(node)), binding_outcome::preferred);
    for (const std::size_t bytes : run_sizes) {
      const page_grant grant = pages.acquire(bytes, placement::preferred(node));
      ASSERT_EQ(grant.failure, page_failure::none);
      EXPECT_EQ(grant.outcome, binding_outcome::preferred);
      EXPECT_EQ(grant.node, node);
      EXPECT_EQ(pages.source.home_of(grant.run.data), node);
      EXPECT_TRUE(lies_on(grant.run, node));
      pages.source.release(grant.run);
    }
  }
}

TEST(guest_placement, bound_pages_lie_on_their_node_under_a_strict_policy) {
  real_pages pages;
  for (const node_id node : allowed_memory_nodes()) {
    EXPECT_EQ(pages.source.probe(placement::bind(node)), binding_outcome::bound);
    for (const std::size_t bytes : run_sizes) {
      const page_grant grant = pages.acquire(bytes, placement::bind(node));
      ASSERT_EQ(grant.failure, page_failure::none);
      EXPECT_EQ(grant.outcome, binding_outcome::bound);
      EXPECT_TRUE(lies_on(grant.run, node));
      EXPECT_EQ(policy_at(grant.run.data), "bind:" + std::to_string(to_number(node)));
      pages.source.release(grant.run);
    }
  }
}

TEST(guest_placement, bound_and_preferred_pages_do_not_disturb_each_other) {
  real_pages pages;
  const node_id node = allowed_memory_nodes().back();
  const page_grant preferred = pages.acquire(1, placement::preferred(node));
  const page_grant bound = pages.acquire(1, placement::bind(node));
  const page_grant bound_too = pages.acquire(1, placement::bind(node));
  const std::string number = std::to_string(to_number(node));
  EXPECT_EQ(policy_at(preferred.run.data), "prefer:" + number);
  EXPECT_EQ(policy_at(bound.run.data), "bind:" + number);
  pages.source.release(bound_too.run);
  EXPECT_EQ(policy_at(bound.run.data), "bind:" + number);
  pages.source.release(bound.run);
  EXPECT_EQ(policy_at(preferred.run.data), "prefer:" + number);
  pages.source.release(preferred.run);
}

TEST(guest_placement, local_pages_lie_where_the_thread_runs) {
  real_pages pages;
  for (const node_id node : nodes_to_run_on()) {
    on_node(node, [&] {
      for (const std::size_t bytes : run_sizes) {
        const page_grant grant = pages.acquire(bytes, placement::local());
        ASSERT_EQ(grant.failure, page_failure::none);
        EXPECT_EQ(grant.outcome, binding_outcome::preferred);
        EXPECT_EQ(grant.node, serving(node));
        EXPECT_TRUE(lies_on(grant.run, serving(node)));
        pages.source.release(grant.run);
      }
    });
  }
}

TEST(guest_placement, first_touched_pages_lie_where_the_thread_runs) {
  real_pages pages;
  for (const node_id node : nodes_to_run_on()) {
    on_node(node, [&] {
      const page_grant grant = pages.acquire(5 * mebibyte, placement::first_touch());
      ASSERT_EQ(grant.failure, page_failure::none);
      EXPECT_EQ(grant.outcome, binding_outcome::first_touch);
      EXPECT_EQ(grant.node, serving(node));
      EXPECT_EQ(pages.source.home_of(grant.run.data), std::nullopt);
      EXPECT_TRUE(lies_on(grant.run, serving(node)));
      pages.source.release(grant.run);
    });
  }
}

TEST(guest_placement, interleaved_pages_take_turns) {
  real_pages pages;
  const std::vector<node_id> every = allowed_memory_nodes();
  std::vector<std::vector<node_id>> sets = {every, {every.back()}};
  if (every.size() > 2) sets.push_back({every.front(), every.back()});
  for (const std::vector<node_id>& over : sets) {
    const page_grant grant =
        pages.acquire(every.size() * mebibyte, placement::interleave(set_of(over)));
    ASSERT_EQ(grant.failure, page_failure::none);
    EXPECT_EQ(grant.outcome, binding_outcome::preferred);
    const std::vector<int> nodes = nodes_of_pages(grant.run.data, grant.run.bytes);
    EXPECT_EQ(static_cast<int>(to_number(grant.node)), nodes.front());
    for (std::size_t page = 0; page < nodes.size(); ++page) {
      // Any page may begin, but then they go round.
      const auto first = std::ranges::find(over, grant.node) - over.begin();
      const auto turn = (static_cast<std::size_t>(first) + page) % over.size();
      ASSERT_EQ(nodes[page], static_cast<int>(to_number(over[turn])))
          << "page " << page << " of " << ::testing::PrintToString(count_pages(grant.run));
    }
    pages.source.release(grant.run);
  }
}

TEST(guest_placement, huge_pages_lie_on_their_node) {
  real_pages pages;
  for (const node_id node : allowed_memory_nodes()) {
    for (const placement& where : {placement::preferred(node), placement::bind(node)}) {
      const page_grant grant = pages.acquire(4 * mebibyte, where, true);
      ASSERT_EQ(grant.failure, page_failure::none);
      EXPECT_TRUE(lies_on(grant.run, node));
      pages.source.release(grant.run);
    }
  }
}

TEST(guest_placement, small_pages_are_not_gathered_into_huge_ones_across_nodes) {
  // What a neighbour touches first must not bring in pages of this run: see the kernel's policy of
  // transparent huge pages, which is 'always' in a guest.
  real_pages pages;
  std::vector<page_grant> grants;
  for (int round = 0; round < 3; ++round) {
    for (const node_id node : nodes_to_run_on()) {
      on_node(node, [&] { grants.push_back(pages.acquire(1, placement::first_touch())); });
    }
  }
  for (const page_grant& grant : grants) {
    EXPECT_TRUE(lies_on(grant.run, grant.node));
    pages.source.release(grant.run);
  }
}

TEST(guest_placement, a_node_that_is_not_there_is_answered_in_words) {
  real_pages pages;
  const node_id nowhere{63};
  EXPECT_EQ(pages.source.probe(placement::bind(nowhere)), binding_outcome::no_such_node);
  EXPECT_EQ(pages.source.probe(placement::preferred(nowhere)), binding_outcome::no_such_node);
  const page_grant bound = pages.acquire(1, placement::bind(nowhere));
  EXPECT_EQ(bound.failure, page_failure::bind_refused);
  EXPECT_EQ(bound.outcome, binding_outcome::no_such_node);
  const page_grant preferred = pages.acquire(1, placement::preferred(nowhere));
  ASSERT_EQ(preferred.failure, page_failure::none);
  EXPECT_EQ(preferred.outcome, binding_outcome::no_such_node);
  EXPECT_TRUE(lies_on(preferred.run, preferred.node));
  pages.source.release(preferred.run);
}

// A random life: at its end every page lies where its grant said, and the kernel counts in all of
// the source's mappings exactly what the books do.
TEST(guest_placement, stays_true_through_a_random_life) {
  real_pages pages;
  const std::vector<node_id> nodes = allowed_memory_nodes();
  std::mt19937_64 random(test_seed());
  const auto below = [&](std::size_t end) { return random() % end; };
  std::vector<page_grant> held;
  for (int step = 0; step < 600; ++step) {
    if (!held.empty() && below(5) < 2) {
      const auto at = held.begin() + static_cast<std::ptrdiff_t>(below(held.size()));
      pages.source.release(at->run);
      held.erase(at);
      continue;
    }
    const node_id node = nodes[below(nodes.size())];
    const placement kinds[] = {placement::local(), placement::preferred(node),
                               placement::bind(node), placement::interleave(set_of(nodes)),
                               placement::first_touch()};
    const std::size_t bytes = below(20) == 0 ? 3 * mebibyte : (1 + below(12)) * 4 * kibibyte;
    const page_grant grant = pages.acquire(bytes, kinds[below(std::size(kinds))]);
    ASSERT_EQ(grant.failure, page_failure::none);
    held.push_back(grant);
  }
  pages_by_node expected;
  std::size_t bytes = 0;
  for (const page_grant& grant : held) {
    bytes += grant.run.bytes;
    if (pages.source.home_of(grant.run.data)) {
      EXPECT_TRUE(lies_on(grant.run, grant.node));
      expected[grant.node] += grant.run.bytes / pages.source.page_bytes();
    } else {
      for (const auto& [node, count] : count_pages(grant.run))
        expected[node] += count;
    }
  }
  const page_source_usage usage = pages.source.own_usage();
  EXPECT_EQ(usage.committed, usage.footprint + bytes);
  EXPECT_EQ(usage.footprint, sum_of(pages.mapped_books()) * pages.source.page_bytes());
  EXPECT_EQ(pages.mapped_slots(), expected);
  EXPECT_TRUE(pages.source.audit());
  for (const page_grant& grant : held)
    pages.source.release(grant.run);
  EXPECT_EQ(pages.mapped_slots(), pages_by_node{});
}

}  // namespace
}  // namespace nearmem
