#include "examples/fullnode/life_books.hpp"

#include <cstddef>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/alloc/simulated_kernel.hpp>
#include <nearmem/alloc/unsynchronized_slab_resource.hpp>

#include "tests/examples/simulated_pages.hpp"

namespace nearmem::fullnode {
namespace {

// A resource whose books can be falsified.
class lying_resource final : public accounted_resource {
 public:
  std::size_t charge_for(std::size_t bytes, std::size_t) const noexcept override { return bytes; }
  resource_usage usage() const noexcept override { return told; }
  node_usage usage(node_id node) const noexcept override {
    node_usage share;
    if (node == node_id{0}) share.footprint = on_node;
    return share;
  }

  resource_usage told;
  std::size_t on_node = 0;

 private:
  void* do_allocate(std::size_t, std::size_t) override { throw std::bad_alloc(); }
  void do_deallocate(void*, std::size_t, std::size_t) override {}
  bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
    return this == &other;
  }
};

// The names of those that do not hold.
std::vector<std::string> broken(life_books& books) {
  std::vector<std::string> names;
  for (const identity& each : books.identities().all()) {
    if (!each.holds) names.push_back(each.name);
  }
  return names;
}

TEST(life_books, hold_for_an_honest_resource) {
  simulated_pages pages;
  life_books books(pages.source);
  resource_options options;
  options.pages = &pages.source;
  unsynchronized_slab_resource memory(options);
  void* small = memory.allocate(40);
  void* large = memory.allocate(3'000'000);
  component only{"only", &memory, 2, memory.charge_for(40, 16) + memory.charge_for(3'000'000, 16),
                 4'000'000};
  life_report report;
  books.report({&only, 1}, report);
  EXPECT_EQ(broken(books), std::vector<std::string>{});
  ASSERT_EQ(report.components.size(), 1u);
  EXPECT_EQ(report.components[0].objects, 2u);
  EXPECT_EQ(report.components[0].modelled, 4'000'000u);
  EXPECT_EQ(report.components[0].charged, only.dynamic_usage);
  ASSERT_EQ(report.components[0].nodes.size(), 1u);
  EXPECT_EQ(report.components[0].nodes[0].footprint, report.components[0].footprint);
  EXPECT_EQ(report.components[0].nodes[0].outcome, binding_outcome::preferred);
  EXPECT_EQ(report.totals.footprint, report.components[0].footprint);
  EXPECT_EQ(report.committed, report.totals.footprint + report.page_layer);
  EXPECT_EQ(report.rss_growth, std::nullopt) << "no kernel knows of a simulated machine";
  memory.deallocate(small, 40);
  memory.deallocate(large, 3'000'000);
  memory.trim();
  books.check_end();
  EXPECT_EQ(broken(books), std::vector<std::string>{});
}

TEST(life_books, tell_every_lie) {
  struct lie {
    const char* what;
    resource_usage told;
    std::size_t on_node;
    std::size_t dynamic_usage;
    std::vector<std::string> found;
  };
  const resource_usage nothing;
  resource_usage no_sum;
  no_sum.charged = 10;
  resource_usage from_nowhere;
  from_nowhere.charged = from_nowhere.footprint = 4096;
  const std::vector<lie> lies = {
      {"no lie", nothing, 0, 0, {}},
      {"the columns do not add up",
       no_sum,
       0,
       10,
       {"only: footprint == charged + unused + metadata",
        "totals: footprint == charged + unused + metadata"}},
      {"a container says something else", nothing, 0, 1, {"only: dynamic_usage == charged"}},
      {"a node has what nobody took",
       nothing,
       1,
       0,
       {"only: footprint == sum over nodes", "totals: footprint == sum over nodes"}},
      {"memory from elsewhere", from_nowhere, 4096, 4096, {"components + page layer == committed"}},
  };
  for (const lie& each : lies) {
    simulated_pages pages;
    life_books books(pages.source);
    lying_resource memory;
    memory.told = each.told;
    memory.on_node = each.on_node;
    component only{"only", &memory, 0, each.dynamic_usage};
    books.check({&only, 1});
    EXPECT_EQ(broken(books), each.found) << each.what;
  }
}

TEST(life_books, tell_memory_that_did_not_go_back) {
  simulated_pages pages;
  life_books books(pages.source);
  page_grant kept = pages.source.acquire({.bytes = 1});
  books.check_end();
  EXPECT_EQ(broken(books), std::vector<std::string>{"end of life: committed == page layer"});
  pages.source.release(kept.run);
}

}  // namespace
}  // namespace nearmem::fullnode
