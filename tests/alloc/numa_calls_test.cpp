#include <cerrno>

#include <gtest/gtest.h>

#include <nearmem/alloc/linux_kernel.hpp>
#include <nearmem/alloc/numa_calls.hpp>
#include <nearmem/topology/machine.hpp>

// The kernel that the tests run on; where it or a container forbids a call, the answer says so.
namespace nearmem {
namespace {

class numa_calls : public testing::Test {
 protected:
  numa_calls() {
    range = kernel.reserve(8 * page, page, kernel::access::none);
    if (kernel.open(range.data, range.bytes) != 0) ADD_FAILURE() << "no memory to test with";
  }
  ~numa_calls() override { kernel.unreserve(range.data, range.bytes); }

  // Sets a policy, or skips where that is forbidden.
  int set(const memory_policy& policy) { return set_range_policy(range.data, range.bytes, policy); }

  linux_kernel kernel;
  const std::size_t page = kernel.page_bytes();
  reserved_range range;
  const node_id node = machine::process().nodes().front().id;
};

TEST_F(numa_calls, set_policies_over_nodes_that_are_there) {
  if (const int answer = set({memory_policy::kind::preferred, {node}}); answer != 0) {
    EXPECT_TRUE(answer == EPERM || answer == ENOSYS) << answer;
    GTEST_SKIP() << "policies are forbidden here";
  }
  EXPECT_EQ(set({memory_policy::kind::bind, {node}}), 0);
  EXPECT_EQ(set({memory_policy::kind::interleave, {node}}), 0);
  EXPECT_EQ(set({memory_policy::kind::local, {}}), 0);
  EXPECT_EQ(set({memory_policy::kind::default_, {}}), 0);
  EXPECT_EQ(set({memory_policy::kind::bind, {node_id{max_nodes - 1}}}), EINVAL);
}

TEST_F(numa_calls, find_pages_that_are_in_memory) {
  ASSERT_EQ(kernel.populate(range.data, 4 * page), 0);
  void* const pages[] = {range.data, range.data + 3 * page, range.data + 5 * page};
  int nodes[] = {-1, -1, 0};
  if (const int answer = locate_pages(pages, nodes); answer != 0) {
    GTEST_SKIP() << "the kernel does not say where pages lie: " << answer;
  }
  EXPECT_GE(nodes[0], 0);
  EXPECT_GE(nodes[1], 0);
  if (machine::process().nodes().size() == 1) {
    EXPECT_EQ(nodes[0], static_cast<int>(to_number(node)));
  }
}

TEST_F(numa_calls, find_nothing_where_nothing_is) {
  void* const pages[] = {range.data + 5 * page};
  int nodes[] = {0};
  if (const int answer = locate_pages(pages, nodes); answer != 0) {
    GTEST_SKIP() << "the kernel does not say where pages lie: " << answer;
  }
  EXPECT_LT(nodes[0], 0);
}

TEST_F(numa_calls, move_pages_where_they_are_already) {
  ASSERT_EQ(kernel.populate(range.data, 2 * page), 0);
  void* const pages[] = {range.data, range.data + page};
  int before[] = {-1, -1};
  if (locate_pages(pages, before) != 0 || before[0] < 0) GTEST_SKIP() << "pages cannot be located";
  const auto at = node_id{static_cast<std::uint32_t>(before[0])};
  const node_id targets[] = {at, at};
  int results[] = {-1, -1};
  const int answer = move_pages_to(pages, targets, results);
  if (answer != 0) {
    EXPECT_TRUE(answer == EPERM || answer == ENOSYS) << answer;
    GTEST_SKIP() << "moving is forbidden here";
  }
  EXPECT_EQ(results[0], before[0]);
}

TEST_F(numa_calls, know_the_policy_of_the_thread) {
  const memory_policy policy = thread_policy();
  const bool names_nodes =
      policy.what == memory_policy::kind::bind || policy.what == memory_policy::kind::interleave;
  EXPECT_EQ(names_nodes, !policy.nodes.empty() && policy.what != memory_policy::kind::preferred);
}

}  // namespace
}  // namespace nearmem
