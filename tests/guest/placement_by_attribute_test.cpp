// Where memory lies that is asked for by what it is like, on a machine whose firmware says so.
#include <algorithm>
#include <functional>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/topology/placement_by_attribute.hpp>

#include "lies_on.hpp"
#include "real_pages.hpp"

namespace nearmem {
namespace {

using worth = std::function<std::size_t(node_id)>;

// The best of the nodes of whose memory the kernel tells how it is seen from a node's CPUs.
node_id best_from(node_id from, const worth& of) {
  std::vector<node_id> seen;
  for (const node_id node : allowed_memory_nodes()) {
    if (nearest_cpus(node) == from) seen.push_back(node);
  }
  return *std::ranges::max_element(seen, {}, of);
}

void expect_pages_on(real_pages& pages, const placement& where, node_id node) {
  EXPECT_EQ(where, placement::preferred(node));
  const page_grant grant = pages.acquire(1 << 20, where);
  ASSERT_EQ(grant.failure, page_failure::none);
  EXPECT_TRUE(lies_on(grant.run, node));
  pages.source.release(grant.run);
}

TEST(guest_attributes, lead_to_the_memory_that_answers_soonest) {
  real_pages pages;
  for (const node_id from : kernel_nodes("has_cpu")) {
    expect_pages_on(pages, lowest_latency(pages.source.hardware(), from),
                    best_from(from, [](node_id node) { return ~kernel_latency(node); }));
  }
}

TEST(guest_attributes, lead_to_the_memory_that_most_passes_through) {
  real_pages pages;
  for (const node_id from : kernel_nodes("has_cpu")) {
    expect_pages_on(pages, highest_bandwidth(pages.source.hardware(), from),
                    best_from(from, kernel_bandwidth));
  }
  // Else the test would pass where all is alike.
  EXPECT_NE(highest_bandwidth(pages.source.hardware(), node_id{0}),
            lowest_latency(pages.source.hardware(), node_id{0}));
}

TEST(guest_attributes, lead_to_the_largest_memory) {
  real_pages pages;
  const std::vector<node_id> nodes = allowed_memory_nodes();
  const node_id largest = *std::ranges::max_element(nodes, {}, kernel_total_bytes);
  for (const node_id from : kernel_nodes("has_cpu"))
    expect_pages_on(pages, highest_capacity(pages.source.hardware(), from), largest);
}

}  // namespace
}  // namespace nearmem
