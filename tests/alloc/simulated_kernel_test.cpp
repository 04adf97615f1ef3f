#include <cerrno>

#include <gtest/gtest.h>

#include <nearmem/alloc/simulated_kernel.hpp>

#include "tests/alloc/simulated_machine.hpp"

namespace nearmem {
namespace {

using policy = memory_policy::kind;

class simulated_kernel_of_eight : public testing::Test {
 protected:
  simulated_kernel_of_eight() {
    range = kernel.reserve(64 * page, page, kernel::access::none);
    kernel.open(range.data, range.bytes);
  }
  ~simulated_kernel_of_eight() override { kernel.unreserve(range.data, range.bytes); }

  simulated_machine simulated;
  simulated_kernel& kernel = simulated.kernel;
  const std::size_t page = kernel.page_bytes();
  reserved_range range;
};

TEST_F(simulated_kernel_of_eight, puts_pages_where_policies_say) {
  kernel.set_running_node(node_id{7});
  ASSERT_EQ(kernel.set_policy(range.data, 8 * page, {policy::preferred, {node_id{3}}}), 0);
  ASSERT_EQ(kernel.set_policy(range.data + 8 * page, 8 * page, {policy::bind, {node_id{4}}}), 0);
  ASSERT_EQ(kernel.set_policy(range.data + 16 * page, 8 * page,
                              {policy::interleave, {node_id{1}, node_id{2}}}),
            0);
  ASSERT_EQ(kernel.populate(range.data, 32 * page), 0);
  EXPECT_EQ(kernel.resident_bytes(node_id{3}), 8 * page);
  EXPECT_EQ(kernel.resident_bytes(node_id{4}), 8 * page);
  EXPECT_EQ(kernel.resident_bytes(node_id{1}), 4 * page);
  EXPECT_EQ(kernel.resident_bytes(node_id{2}), 4 * page);
  EXPECT_EQ(kernel.resident_bytes(node_id{7}), 8 * page);
  EXPECT_EQ(kernel.policy_of(range.data + 7 * page).what, policy::preferred);
  EXPECT_EQ(kernel.policy_of(range.data + 24 * page).what, policy::default_);
}

TEST_F(simulated_kernel_of_eight, passes_on_what_a_full_node_cannot_take) {
  kernel.set_node_bytes(node_id{3}, 5 * page);
  ASSERT_EQ(kernel.set_policy(range.data, range.bytes, {policy::preferred, {node_id{3}}}), 0);
  ASSERT_EQ(kernel.populate(range.data, 8 * page), 0);
  EXPECT_EQ(kernel.resident_bytes(node_id{3}), 5 * page);
  EXPECT_EQ(kernel.resident_bytes(), 8 * page);
}

TEST_F(simulated_kernel_of_eight, counts_as_a_kill_what_linux_kills_for) {
  kernel.set_node_bytes(node_id{3}, 5 * page);
  ASSERT_EQ(kernel.set_policy(range.data, range.bytes, {policy::bind, {node_id{3}}}), 0);
  EXPECT_EQ(kernel.populate(range.data, 8 * page), ENOMEM);
  EXPECT_EQ(kernel.kills(), 1u);
}

TEST_F(simulated_kernel_of_eight, forgets_what_is_purged) {
  kernel.populate(range.data, 8 * page);
  range.data[0] = std::byte{1};
  kernel.purge(range.data, 4 * page);
  EXPECT_EQ(kernel.resident_bytes(), 4 * page);
  EXPECT_EQ(kernel.node_of(range.data), std::nullopt);
  EXPECT_EQ(range.data[0], std::byte{0});
}

TEST_F(simulated_kernel_of_eight, refuses_policies_as_linux_does) {
  const auto set = [&](const node_set& nodes) {
    return kernel.set_policy(range.data, page, {policy::bind, nodes});
  };
  kernel.set_allowed_nodes({node_id{0}, node_id{1}});
  EXPECT_EQ(set({node_id{2}}), EINVAL);
  EXPECT_EQ(set({node_id{20}}), EINVAL);
  EXPECT_EQ(set({node_id{1}, node_id{2}}), 0);
  EXPECT_EQ(kernel.policy_of(range.data).nodes, node_set{node_id{1}});
  kernel.refuse_policy(policy::bind, EPERM);
  EXPECT_EQ(set({node_id{1}}), EPERM);
  EXPECT_EQ(kernel.set_policy(range.data, page, {policy::preferred, {node_id{1}}}), 0);
}

TEST_F(simulated_kernel_of_eight, moves_and_locates) {
  kernel.populate(range.data, page);
  void* const pages[] = {range.data, range.data + page};
  const node_id targets[] = {node_id{5}, node_id{5}};
  int results[] = {0, 0};
  ASSERT_EQ(kernel.move(pages, targets, results), 0);
  EXPECT_EQ(results[0], 5);
  EXPECT_EQ(results[1], -ENOENT);
  ASSERT_EQ(kernel.locate(pages, results), 0);
  EXPECT_EQ(results[0], 5);
  EXPECT_EQ(results[1], -ENOENT);
  kernel.refuse_locate(EPERM);
  EXPECT_EQ(kernel.locate(pages, results), EPERM);
}

TEST_F(simulated_kernel_of_eight, fails_the_call_that_it_was_told_to_fail) {
  kernel.fail(kernel_call::populate, 1, EIO);
  EXPECT_EQ(kernel.populate(range.data, page), 0);
  EXPECT_EQ(kernel.open(range.data, page), 0);
  EXPECT_FALSE(kernel.has_failed());
  EXPECT_EQ(kernel.populate(range.data, page), EIO);
  EXPECT_TRUE(kernel.has_failed());
  EXPECT_EQ(kernel.populate(range.data, page), 0);
  kernel.fail_any(0, ENOMEM);
  EXPECT_EQ(kernel.huge_pages(range.data, page, true), ENOMEM);
  EXPECT_EQ(kernel.calls(kernel_call::populate), 3u);
}

}  // namespace
}  // namespace nearmem
