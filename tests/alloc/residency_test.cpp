#include <cerrno>
#include <cstring>

#include <gtest/gtest.h>

#include <nearmem/alloc/residency.hpp>
#include <nearmem/topology/this_thread.hpp>

#include "tests/alloc/simulated_machine.hpp"

namespace nearmem {
namespace {

class residency : public testing::Test {
 protected:
  simulated_machine simulated;
  page_source source = simulated.make();
  const std::size_t page = source.page_bytes();
};

TEST_F(residency, finds_everything_in_place) {
  page_account account({.where = placement::preferred(node_id{3}), .pages = &source});
  const page_grant grant = account.acquire(mebibyte);
  const residency_report report = audit_residency(account);
  ASSERT_EQ(report.nodes.size(), 1u);
  EXPECT_EQ(report.nodes[0].node, node_id{3});
  EXPECT_EQ(report.nodes[0].pages, mebibyte / page);
  EXPECT_EQ(report.nodes[0].resident, mebibyte / page);
  EXPECT_EQ(report.nodes[0].misplaced, 0u);
  account.release(grant.run);
}

TEST_F(residency, finds_what_the_kernel_moved_and_moves_it_back) {
  page_account account({.where = placement::preferred(node_id{3}), .pages = &source});
  const page_grant first = account.acquire(mebibyte);
  const page_grant second = account.acquire(10 * page);
  std::memset(first.run.data, 0x11, first.run.bytes);
  simulated.kernel.migrate(first.run.data, 100 * page, node_id{6});
  EXPECT_EQ(account.usage(node_id{3}).misplaced, 0u);
  EXPECT_EQ(audit_residency(account).total().misplaced, 100u);
  EXPECT_EQ(account.usage(node_id{3}).misplaced, 100 * page);

  const residency_repair repair = repair_residency(account);
  EXPECT_EQ(repair.moved, 100u);
  EXPECT_EQ(repair.left, 0u);
  EXPECT_EQ(account.usage(node_id{3}).misplaced, 0u);
  EXPECT_EQ(audit_residency(account).total().misplaced, 0u);
  EXPECT_EQ(first.run.data[99 * page], std::byte{0x11});
  account.release(first.run);
  account.release(second.run);
}

TEST_F(residency, is_looked_at_again_now_and_then_by_itself) {
  page_account account({.where = placement::preferred(node_id{3}), .pages = &source});
  const page_grant grant = account.acquire(mebibyte);
  simulated.kernel.migrate(grant.run.data, grant.run.bytes, node_id{6});
  const auto use = [&](int times) {
    for (int i = 0; i < times; ++i)
      account.release(account.acquire(1).run);
  };
  use(10);
  EXPECT_EQ(account.usage(node_id{3}).misplaced, 0u);
  use(1100);
  EXPECT_EQ(account.usage(node_id{3}).misplaced, mebibyte);
  // Where the kernel does not tell any more, what was known stays.
  simulated.kernel.refuse_locate(EPERM);
  use(1100);
  EXPECT_EQ(account.usage(node_id{3}).misplaced, mebibyte);
  simulated.kernel.refuse_locate(0);
  simulated.kernel.migrate(grant.run.data, grant.run.bytes, node_id{3});
  use(1100);
  EXPECT_EQ(account.usage(node_id{3}).misplaced, 0u);
  account.release(grant.run);
}

TEST_F(residency, is_sampled_where_there_is_much_to_look_at) {
  page_account account({.where = placement::preferred(node_id{3}), .pages = &source});
  const page_grant grant = account.acquire(16 * mebibyte);
  simulated.kernel.migrate(grant.run.data, 8 * mebibyte, node_id{6});
  look_again(account);
  EXPECT_NEAR(static_cast<double>(account.usage(node_id{3}).misplaced), 8.0 * mebibyte, 65536.0);
  account.release(grant.run);
}

TEST_F(residency, leaves_what_has_no_room_at_home) {
  page_account account({.where = placement::preferred(node_id{3}), .pages = &source});
  const page_grant grant = account.acquire(mebibyte);
  simulated.kernel.migrate(grant.run.data, 50 * page, node_id{6});
  simulated.kernel.set_node_bytes(node_id{3},
                                  simulated.kernel.resident_bytes(node_id{3}) + 20 * page);
  const residency_repair repair = repair_residency(account);
  EXPECT_EQ(repair.moved, 20u);
  EXPECT_EQ(repair.left, 30u);
  EXPECT_EQ(account.usage(node_id{3}).misplaced, 30 * page);
  account.release(grant.run);
}

TEST_F(residency, looks_at_a_sample_across_runs) {
  page_account account({.where = placement::preferred(node_id{3}), .pages = &source});
  std::vector<page_run> runs;
  for (int i = 0; i < 30; ++i)
    runs.push_back(account.acquire(page).run);
  const residency_report report = audit_residency(account, {.stride = 7});
  // 30 runs of one page and the page of the ledger.
  EXPECT_EQ(report.total().pages, (31u + 6u) / 7u);
  simulated.kernel.migrate(runs[0].data, 1 << 20, node_id{0});
  EXPECT_EQ(audit_residency(account, {.stride = 7}).total().misplaced, report.total().pages);
  EXPECT_EQ(account.usage(node_id{3}).misplaced, report.total().pages * 7 * page);
  for (const page_run run : runs)
    account.release(run);
}

TEST_F(residency, holds_interleaved_pages_to_their_set) {
  const node_set set{node_id{1}, node_id{2}};
  page_account account({.where = placement::interleave(set), .pages = &source});
  const page_grant grant = account.acquire(64 * page);
  residency_report report = audit_residency(account);
  ASSERT_EQ(report.nodes.size(), 2u);
  EXPECT_EQ(report.nodes[0].resident, 32u);
  EXPECT_EQ(report.total().misplaced, 0u);
  simulated.kernel.migrate(grant.run.data, 3 * page, node_id{7});
  EXPECT_EQ(audit_residency(account).total().misplaced, 3u);
  EXPECT_EQ(repair_residency(account).moved, 3u);
  account.release(grant.run);
}

TEST_F(residency, says_what_it_cannot_verify) {
  page_account account({.where = placement::preferred(node_id{3}), .pages = &source});
  const page_grant grant = account.acquire(10 * page);
  simulated.kernel.refuse_locate(EPERM);
  const node_residency total = audit_residency(account).total();
  EXPECT_EQ(total.pages, 10u);
  EXPECT_EQ(total.unverified, 10u);
  EXPECT_EQ(total.misplaced, 0u);
  EXPECT_EQ(repair_residency(account).moved, 0u);
  account.release(grant.run);
}

TEST_F(residency, of_nothing_is_nothing) {
  page_account account({.pages = &source});
  EXPECT_TRUE(audit_residency(account).nodes.empty());
  EXPECT_EQ(repair_residency(account).moved, 0u);
}

TEST(residency_here, finds_this_processes_pages_in_memory) {
  page_account account(resource_options{});
  const page_grant grant = account.acquire(20 * page_source::process().page_bytes());
  ASSERT_TRUE(grant.run);
  const node_residency total = audit_residency(account).total();
  EXPECT_EQ(total.pages, 20u);
  if (total.unverified == 0) {
    EXPECT_EQ(total.resident, 20u);
    EXPECT_EQ(total.misplaced, 0u);
  }
  account.release(grant.run);
}

}  // namespace
}  // namespace nearmem
