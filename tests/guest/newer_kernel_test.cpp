// What only a newer Linux than the release's has: the node of a thread in its rseq area (6.3).
#include <thread>

#include <gtest/gtest.h>

#include <nearmem/topology/rseq_node.hpp>
#include <nearmem/topology/this_thread.hpp>

#include "on_node.hpp"

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

// The release's kernel: by CPU and table, which guest_machine tests.
TEST(guest_older_kernel, keeps_no_node_that_could_be_read) {
  EXPECT_FALSE(has_rseq_node());
}

}  // namespace
}  // namespace nearmem
