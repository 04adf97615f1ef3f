// Pages that were moved behind a resource's back: found, counted and brought home.
#include <cerrno>
#include <cstring>
#include <vector>

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <nearmem/alloc/residency.hpp>

#include "lies_on.hpp"
#include "real_pages.hpp"
#include "tests/support/resource_kinds.hpp"

namespace nearmem {
namespace {

constexpr std::size_t block_bytes = 200;

// Moves what this process has on one node to another, as an administrator's migratepages does.
void migrate(node_id from, node_id to) {
  const node_set source{from};
  const node_set target{to};
  ASSERT_GE(
      ::syscall(SYS_migrate_pages, 0, max_nodes + 1, source.words().data(), target.words().data()),
      0)
      << std::strerror(errno);
}

template <class Kind>
class guest_residency : public ::testing::Test {};
TYPED_TEST_SUITE(guest_residency, resource_kinds);

TYPED_TEST(guest_residency, finds_what_was_moved_away_and_brings_it_back) {
  const node_id home = allowed_memory_nodes().back();
  const node_id away = allowed_memory_nodes().front();
  for (const placement& where : {placement::preferred(home), placement::bind(home)}) {
    SCOPED_TRACE(where.to_string());
    real_pages pages;
    TypeParam kind(resource_options{.where = where, .pages = &pages.source});
    std::vector<page_run> blocks;
    for (int i = 0; i < 2000; ++i) {
      auto* const data = static_cast<std::byte*>(kind.take(block_bytes));
      std::memset(data, i % 251, block_bytes);
      blocks.push_back({data, block_bytes});
    }
    const std::size_t page_bytes = pages.source.page_bytes();
    const std::size_t footprint = kind.resource.usage().footprint;
    EXPECT_EQ(kind.resource.audit_residency().total().misplaced, 0U);

    migrate(home, away);
    const std::size_t astray = footprint / page_bytes - pages.mapped_slots()[home];
    ASSERT_GT(astray, footprint / page_bytes / 2);
    const node_residency seen = kind.resource.audit_residency().total();
    EXPECT_EQ(seen.pages, footprint / page_bytes);
    EXPECT_EQ(seen.misplaced, astray);
    EXPECT_EQ(seen.unverified, 0U);
    EXPECT_EQ(kind.resource.usage(home).misplaced, astray * page_bytes);

    const residency_repair repair = kind.resource.repair_residency();
    EXPECT_EQ(repair.moved, astray);
    EXPECT_EQ(repair.left, 0U);
    EXPECT_EQ(kind.resource.usage(home).misplaced, 0U);
    EXPECT_EQ(kind.resource.audit_residency().total().misplaced, 0U);
    EXPECT_EQ(pages.mapped_slots(), (pages_by_node{{home, footprint / page_bytes}}));
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      ASSERT_TRUE(lies_on(blocks[i], home));
      ASSERT_EQ(blocks[i].data[block_bytes - 1], static_cast<std::byte>(i % 251));
    }
  }
}

}  // namespace
}  // namespace nearmem
