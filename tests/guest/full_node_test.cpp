// A node that is full: spilling in fallback order, refusing what was bound, killing nobody.
#include <algorithm>
#include <csignal>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <nearmem/alloc/binding_error.hpp>

#include "lies_on.hpp"
#include "on_node.hpp"
#include "real_pages.hpp"
#include "tests/support/resource_kinds.hpp"

namespace nearmem {
namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20;
constexpr std::size_t chunk = 2 * mebibyte;

// A process with memory of its own and no part in anything: whom the kernel kills first.
class bystander {
 public:
  explicit bystander(std::size_t bytes) : child_(::fork()) {
    if (child_ != 0) return;
    void* memory =
        ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    std::memset(memory, 1, bytes);
    for (;;)
      ::pause();
  }
  ~bystander() {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }
  bystander(const bystander&) = delete;
  bystander& operator=(const bystander&) = delete;

  bool lives() const { return ::waitpid(child_, nullptr, WNOHANG) == 0; }

 private:
  pid_t child_;
};

// Runs wanted on one node, until some came to lie on `others` other nodes.
struct filling {
  filling(page_source& from, node_id full, std::size_t others) : source(from), node(full) {
    while (spilled.size() < others) {
      const page_grant grant = source.acquire({chunk, 1, placement::preferred(node)});
      if (!grant.run) break;
      grants.push_back(grant);
      if (grant.node == node) continue;
      if (spilled[grant.node] == 0) order.push_back(grant.node);
      spilled[grant.node] += grant.run.bytes;
    }
  }
  ~filling() {
    for (const page_grant& grant : grants)
      source.release(grant.run);
  }
  filling(const filling&) = delete;
  filling& operator=(const filling&) = delete;

  page_source& source;
  node_id node;
  std::vector<page_grant> grants{};
  std::vector<node_id> order{};              // others, as they first appeared
  std::map<node_id, std::size_t> spilled{};  // bytes
};

TEST(guest_full_node, spills_in_fallback_order_and_says_from_where_to_where) {
  const bystander neighbour(16 * mebibyte);
  const std::size_t killed = oom_kills();
  real_pages pages;
  const std::vector<node_id> nodes = allowed_memory_nodes();
  const node_id full = nodes[1];
  const std::size_t others = std::min<std::size_t>(nodes.size() - 1, 2);
  {
    const filling filled(pages.source, full, others);
    std::vector<node_id> expected = nearest_first(full, nodes);
    expected.erase(expected.begin());
    expected.resize(others);
    EXPECT_EQ(filled.order, expected);
    for (const page_grant& grant : filled.grants) {
      EXPECT_EQ(grant.wanted, full);
      EXPECT_EQ(grant.outcome, binding_outcome::preferred);
      EXPECT_EQ(pages.source.home_of(grant.run.data), grant.node);
      ASSERT_TRUE(lies_on(grant.run, grant.node));
    }
    for (const node_id from : nodes) {
      for (const node_id to : nodes) {
        const auto found = filled.spilled.find(to);
        const bool counted = from == full && found != filled.spilled.end();
        EXPECT_EQ(pages.source.spilled(from, to), counted ? found->second : 0);
      }
    }
    // Not before it was full.
    EXPECT_LT(kernel_free_bytes(full), kernel_total_bytes(full) / 8);
    EXPECT_TRUE(pages.source.audit());
  }
  EXPECT_TRUE(neighbour.lives());
  EXPECT_EQ(oom_kills(), killed);
  const page_grant again = pages.acquire(chunk, placement::preferred(full));
  EXPECT_EQ(again.node, full);
  EXPECT_TRUE(lies_on(again.run, full));
  pages.source.release(again.run);
}

TEST(guest_full_node, refuses_what_is_bound_and_kills_nobody) {
  const bystander neighbour(16 * mebibyte);
  const std::size_t killed = oom_kills();
  real_pages pages;
  const node_id full = allowed_memory_nodes().back();
  std::vector<page_run> bound;
  page_grant grant;
  for (;;) {
    grant = pages.acquire(chunk, placement::bind(full));
    if (!grant.run) break;
    ASSERT_EQ(grant.outcome, binding_outcome::bound);
    bound.push_back(grant.run);
  }
  EXPECT_EQ(grant.failure, page_failure::bind_refused);
  EXPECT_EQ(grant.outcome, binding_outcome::preferred) << to_string(grant.outcome);
  EXPECT_GT(bound.size() * chunk, kernel_total_bytes(full) / 2);
  for (const page_run run : bound)
    ASSERT_TRUE(lies_on(run, full));
  // Neither has anything been left elsewhere.
  const pages_by_node counts = pages.mapped_slots();
  EXPECT_EQ(counts, (pages_by_node{{full, bound.size() * chunk / 4096}}));
  for (const page_run run : bound)
    pages.source.release(run);
  EXPECT_TRUE(neighbour.lives());
  EXPECT_EQ(oom_kills(), killed);
  const page_grant again = pages.acquire(chunk, placement::bind(full));
  EXPECT_EQ(again.outcome, binding_outcome::bound);
  pages.source.release(again.run);
}

// Fills a node, but for so much, through a source of its own.
class occupier {
 public:
  occupier(node_id node, std::size_t left_bytes) {
    while (kernel_free_bytes(node) > left_bytes) {
      const page_grant grant = pages_.acquire(chunk, placement::bind(node));
      if (!grant.run) break;
      runs_.push_back(grant.run);
    }
  }
  ~occupier() {
    for (const page_run run : runs_)
      pages_.source.release(run);
  }
  occupier(const occupier&) = delete;
  occupier& operator=(const occupier&) = delete;

 private:
  real_pages pages_{};
  std::vector<page_run> runs_{};
};

template <class Kind>
class guest_full_node_resource : public ::testing::Test {};
TYPED_TEST_SUITE(guest_full_node_resource, resource_kinds);

constexpr std::size_t block_bytes = 200;
constexpr std::size_t most_blocks = 128 * mebibyte / block_bytes;

TYPED_TEST(guest_full_node_resource, throws_the_reason_where_it_is_bound) {
  const bystander neighbour(16 * mebibyte);
  const std::size_t killed = oom_kills();
  const node_id full = allowed_memory_nodes().back();
  const occupier before(full, 40 * mebibyte);
  real_pages pages;
  TypeParam kind(resource_options{.where = placement::bind(full), .pages = &pages.source});
  std::vector<std::byte*> blocks;
  bool thrown = false;
  try {
    for (std::size_t i = 0; i < most_blocks; ++i) {
      blocks.push_back(static_cast<std::byte*>(kind.take(block_bytes)));
      std::memset(blocks.back(), static_cast<int>(i % 251), block_bytes);
    }
  } catch (const binding_error& error) {
    thrown = true;
    EXPECT_EQ(error.node(), full);
    EXPECT_EQ(error.outcome(), binding_outcome::preferred);
    EXPECT_NE(std::string(error.what()).find("full"), std::string::npos) << error.what();
  }
  EXPECT_TRUE(thrown);
  EXPECT_GT(blocks.size(), mebibyte / block_bytes);
  for (std::size_t i = 0; i < blocks.size(); ++i)
    ASSERT_EQ(blocks[i][block_bytes - 1], static_cast<std::byte>(i % 251));
  EXPECT_EQ(pages.mapped_slots(), (pages_by_node{{full, kind.resource.usage().footprint / 4096}}));
  EXPECT_TRUE(neighbour.lives());
  EXPECT_EQ(oom_kills(), killed);
}

TYPED_TEST(guest_full_node_resource, counts_what_it_spills) {
  const node_id full = allowed_memory_nodes().back();
  const node_id next = nearest_first(full, allowed_memory_nodes())[1];
  const occupier before(full, 40 * mebibyte);
  real_pages pages;
  TypeParam kind(resource_options{.where = placement::preferred(full), .pages = &pages.source});
  for (std::size_t i = 0; i < most_blocks && kind.resource.usage(next).footprint < mebibyte; ++i) {
    std::memset(kind.take(block_bytes), 1, block_bytes);
  }
  EXPECT_GE(kind.resource.usage(next).footprint, mebibyte);
  EXPECT_EQ(kind.resource.usage(next).spilled, kind.resource.usage(next).footprint);
  EXPECT_EQ(kind.resource.usage(full).spilled, 0U);
  EXPECT_EQ(pages.source.spilled(full, next), kind.resource.usage(next).spilled);
  EXPECT_EQ(pages.mapped_slots(),
            (pages_by_node{{full, kind.resource.usage(full).footprint / 4096},
                           {next, kind.resource.usage(next).footprint / 4096}}));
}

}  // namespace
}  // namespace nearmem
