// The resource of the process: each thread's blocks lie on the thread's node, and its books by node
// are the kernel's.
#include <cstddef>
#include <cstring>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/alloc/local_resource.hpp>
#include <nearmem/alloc/page_source.hpp>

#include "lies_on.hpp"
#include "on_node.hpp"
#include "tests/support/seed.hpp"

namespace nearmem {
namespace {

TEST(guest_local_resource, gives_every_thread_memory_of_its_node) {
  synchronized_slab_resource& memory = local_resource();
  std::mt19937_64 random(test_seed());
  std::vector<page_run> blocks;
  for (const node_id node : nodes_to_run_on()) {
    const node_id home = nearest_first(node, allowed_memory_nodes()).front();
    on_node(node, [&] {
      for (int i = 0; i < 1000; ++i) {
        const std::size_t bytes = 1 + random() % (i % 100 == 99 ? 1 << 20 : 3000);
        auto* const data = static_cast<std::byte*>(memory.allocate(bytes));
        std::memset(data, 1, bytes);
        ASSERT_TRUE(lies_on({data, bytes}, home));
        ASSERT_EQ(page_source::process().home_of(data), home);
        blocks.push_back({data, bytes});
      }
    });
  }
  // Nothing else in this program takes pages from the process's source while it holds them.
  page_source& source = page_source::process();
  const pages_by_node mapped = count_mapped_pages(source.ranges().front());
  for (const numa_node& node : source.hardware().nodes()) {
    const auto found = mapped.find(node.id);
    EXPECT_EQ(memory.usage(node.id).footprint,
              found == mapped.end() ? 0 : found->second * source.page_bytes())
        << "on node " << to_number(node.id);
    EXPECT_EQ(memory.usage(node.id).spilled, 0U);
  }
  EXPECT_EQ(memory.usage().footprint, sum_of(mapped) * source.page_bytes());
  EXPECT_EQ(memory.audit_residency().total().misplaced, 0U);
  for (const page_run& block : blocks)
    memory.deallocate(block.data, block.bytes);
}

}  // namespace
}  // namespace nearmem
