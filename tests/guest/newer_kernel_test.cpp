// What only a newer Linux than the release's has: the node of a thread in its rseq area (6.3), and
// nodes that take turns by weight (6.9).
#include <fstream>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include <nearmem/topology/rseq_node.hpp>
#include <nearmem/topology/this_thread.hpp>

#include "on_node.hpp"
#include "real_pages.hpp"

namespace nearmem {
namespace {

TEST(guest_newer_kernel, keeps_the_node_of_every_thread_where_it_can_be_read) {
  ASSERT_TRUE(has_rseq_node());
  for (int round = 0; round < 3; ++round) {
    for (const node_id node : nodes_to_run_on()) {
      on_node(node, [&] {
        EXPECT_EQ(node_id{rseq_node()}, node);
        EXPECT_EQ(this_thread::node(), node);
      });
    }
  }
}

// One thread, from node to node.
TEST(guest_newer_kernel, keeps_it_right_when_the_thread_moves) {
  std::thread([] {
    for (int round = 0; round < 20; ++round) {
      for (const node_id node : nodes_to_run_on()) {
        run_only_on(node);
        ASSERT_EQ(node_id{rseq_node()}, node);
        ASSERT_EQ(this_thread::node(), node);
      }
    }
  }).join();
}

// For the whole system, as its administrator does.
void weigh(node_id node, unsigned weight) {
  std::ofstream file("/sys/kernel/mm/mempolicy/weighted_interleave/node" +
                     std::to_string(to_number(node)));
  ASSERT_TRUE(file << weight << std::flush);
}

// As many of a run's pages as come to it, by the kernel's word, within one round of turns.
void expect_weighted_turns(page_run run, const std::vector<node_id>& over,
                           const std::vector<unsigned>& weights) {
  const pages_by_node counted = count_pages(run);
  std::size_t sum = 0;
  for (const unsigned weight : weights)
    sum += weight;
  for (std::size_t i = 0; i < over.size(); ++i) {
    const std::size_t share = sum_of(counted) * weights[i] / sum;
    const auto found = counted.find(over[i]);
    ASSERT_NE(found, counted.end()) << "node " << to_number(over[i]);
    EXPECT_LE(found->second, share + weights[i]) << "node " << to_number(over[i]);
    EXPECT_GE(found->second + weights[i], share) << "node " << to_number(over[i]);
  }
}

TEST(guest_newer_kernel, gives_nodes_pages_by_their_weights_also_when_these_change) {
  real_pages pages;
  const std::vector<node_id> over = allowed_memory_nodes();
  node_set set;
  for (const node_id node : over)
    set.insert(node);
  std::vector<unsigned> weights(over.size(), 1);
  for (const unsigned last : {1U, 5U, 2U}) {
    weights.back() = last;
    weights.front() = 4 - last / 2;
    for (std::size_t i = 0; i < over.size(); ++i)
      weigh(over[i], weights[i]);
    const page_grant grant = pages.acquire(8 << 20, placement::weighted_interleave(set));
    ASSERT_EQ(grant.failure, page_failure::none);
    EXPECT_EQ(grant.outcome, binding_outcome::preferred);
    expect_weighted_turns(grant.run, over, weights);
    // Page by page as the books say.
    const page_spread spread = *pages.source.spread_of(grant.run);
    const std::vector<int> lie = nodes_of_pages(grant.run.data, grant.run.bytes);
    for (std::size_t page = 0; page < lie.size(); ++page) {
      const void* const data = grant.run.data + page * pages.source.page_bytes();
      ASSERT_EQ(lie[page], static_cast<int>(to_number(spread.node_of(data)))) << page;
    }
    pages.source.release(grant.run);
  }
}

// The release's kernel: by CPU and table, which guest_machine tests.
TEST(guest_older_kernel, keeps_no_node_that_could_be_read) {
  EXPECT_FALSE(has_rseq_node());
}

TEST(guest_older_kernel, has_nodes_take_equal_turns_and_the_outcome_says_so) {
  real_pages pages;
  node_set set;
  for (const node_id node : allowed_memory_nodes())
    set.insert(node);
  const page_grant grant = pages.acquire(1 << 20, placement::weighted_interleave(set));
  ASSERT_EQ(grant.failure, page_failure::none);
  EXPECT_EQ(grant.outcome, binding_outcome::unsupported);
  EXPECT_EQ(count_pages(grant.run).size(), set.size());
  pages.source.release(grant.run);
}

}  // namespace
}  // namespace nearmem
