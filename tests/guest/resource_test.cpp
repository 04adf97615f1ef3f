// Every kind of resource under every placement: where its blocks lie, and whether its books by node
// are the kernel's.
#include <algorithm>
#include <cstddef>
#include <cstring>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "lies_on.hpp"
#include "on_node.hpp"
#include "real_pages.hpp"
#include "tests/support/resource_kinds.hpp"
#include "tests/support/seed.hpp"

namespace nearmem {
namespace {

template <class Kind>
class guest_resource : public ::testing::Test {
 protected:
  // Blocks of all sizes, written to.
  static std::vector<page_run> fill(Kind& kind) {
    std::mt19937_64 random(test_seed());
    std::vector<page_run> blocks;
    for (int i = 0; i < 500; ++i) {
      const std::size_t largest =
          i % 100 == 99 ? Kind::most_bytes : std::min<std::size_t>(3000, Kind::most_bytes);
      const std::size_t bytes = 1 + random() % largest;
      auto* const data = static_cast<std::byte*>(kind.take(bytes));
      std::memset(data, 1, bytes);
      blocks.push_back({data, bytes});
    }
    return blocks;
  }

  // The books by node against the kernel's count, and their sum.
  static void expect_books_of_kernel(const real_pages& pages, const Kind& kind) {
    const pages_by_node mapped = pages.mapped_slots();
    std::size_t sum = 0;
    for (const numa_node& node : pages.source.hardware().nodes()) {
      const auto found = mapped.find(node.id);
      const std::size_t count = found == mapped.end() ? 0 : found->second;
      EXPECT_EQ(kind.resource.usage(node.id).footprint, count * pages.source.page_bytes())
          << "on node " << to_number(node.id);
      sum += kind.resource.usage(node.id).footprint;
    }
    EXPECT_EQ(kind.resource.usage().footprint, sum);
    EXPECT_EQ(sum, sum_of(mapped) * pages.source.page_bytes());
  }

  static void expect_on(node_id node, const placement& where, binding_outcome outcome) {
    SCOPED_TRACE(where.to_string());
    real_pages pages;
    Kind kind(resource_options{.where = where, .pages = &pages.source});
    for (const page_run& block : fill(kind))
      ASSERT_TRUE(lies_on(block, node));
    expect_books_of_kernel(pages, kind);
    EXPECT_EQ(kind.resource.usage(node).outcome, outcome);
    EXPECT_EQ(kind.resource.usage(node).spilled, 0U);
  }
};

TYPED_TEST_SUITE(guest_resource, resource_kinds);

TYPED_TEST(guest_resource, lies_on_the_node_it_prefers) {
  for (const node_id node : allowed_memory_nodes())
    this->expect_on(node, placement::preferred(node), binding_outcome::preferred);
}

TYPED_TEST(guest_resource, lies_on_the_node_it_is_bound_to) {
  for (const node_id node : allowed_memory_nodes())
    this->expect_on(node, placement::bind(node), binding_outcome::bound);
}

TYPED_TEST(guest_resource, lies_where_its_thread_runs) {
  for (const node_id node : nodes_to_run_on()) {
    const node_id serving = nearest_first(node, allowed_memory_nodes()).front();
    on_node(node, [&] {
      this->expect_on(serving, placement::local(), binding_outcome::preferred);
      this->expect_on(serving, placement::first_touch(), binding_outcome::first_touch);
    });
  }
}

TYPED_TEST(guest_resource, lies_on_its_node_in_huge_pages_too) {
  const node_id node = allowed_memory_nodes().back();
  real_pages pages;
  TypeParam kind(resource_options{
      .where = placement::preferred(node), .huge_pages = true, .pages = &pages.source});
  for (int i = 0; i < 100; ++i) {
    auto* const data = static_cast<std::byte*>(kind.take(TypeParam::most_bytes / 1000 + 1));
    ASSERT_TRUE(lies_on({data, 1}, node));
  }
  this->expect_books_of_kernel(pages, kind);
}

TYPED_TEST(guest_resource, counts_what_is_interleaved_on_every_node) {
  node_set every;
  for (const node_id node : allowed_memory_nodes())
    every.insert(node);
  real_pages pages;
  TypeParam kind(resource_options{.where = placement::interleave(every), .pages = &pages.source});
  this->fill(kind);
  EXPECT_EQ(pages.mapped_slots().size(), every.size());
  this->expect_books_of_kernel(pages, kind);
}

}  // namespace
}  // namespace nearmem
