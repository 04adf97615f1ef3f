#include <cstddef>
#include <deque>
#include <limits>
#include <map>
#include <memory_resource>
#include <new>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/accounting/budget.hpp>
#include <nearmem/accounting/budget_exceeded.hpp>
#include <nearmem/accounting/budget_hold.hpp>
#include <nearmem/accounting/dynamic_usage.hpp>
#include <nearmem/alloc/arena_resource.hpp>
#include <nearmem/alloc/synchronized_slab_resource.hpp>
#include <nearmem/alloc/unsynchronized_slab_resource.hpp>

#include "tests/alloc/simulated_machine.hpp"

namespace nearmem {
namespace {

constexpr node_id node_0{0};

template <class Resource>
struct a_bound_of : testing::Test {
  // Inserts under a hold, with every other byte of the process taken, until no hold is to be had.
  // Returns how many insertions the holds bore.
  template <class Container, class Insert>
  std::size_t insert_under_holds(std::size_t limit, Insert insert) {
    budget process("process", limit);
    budget pool("pool", budget::unlimited, &process);
    budget other("other", budget::unlimited, &process);
    resource_options options;
    options.pages = &source;
    options.budget = &pool;
    Resource resource(options);
    Container container(&resource);
    std::size_t inserted = 0;
    for (; inserted < 3000; ++inserted) {
      const budget_hold hold(pool, incremental_acquisition_bound(container), std::nothrow);
      if (!hold) break;
      const std::size_t rest = process.available();
      EXPECT_TRUE(other.charge(rest, node_0));
      EXPECT_NO_THROW(insert(container, inserted)) << inserted;
      other.refund(rest, node_0);
      if (testing::Test::HasFailure()) break;
    }
    return inserted;
  }

  simulated_machine simulated;
  page_source source = simulated.make();
};

using resources =
    testing::Types<unsynchronized_slab_resource, synchronized_slab_resource, arena_resource>;
TYPED_TEST_SUITE(a_bound_of, resources);

struct payload {
  std::byte bytes[400];
};

TYPED_TEST(a_bound_of, an_insertion_bears_it_whatever_the_budget) {
  for (const std::size_t limit : {std::size_t{2} << 20, std::size_t{8} << 20}) {
    const auto emplace = [](auto& map, std::size_t i) { map.emplace(i, payload{}); };
    using tree = std::pmr::map<std::size_t, payload>;
    EXPECT_GT(this->template insert_under_holds<tree>(limit, emplace), 500u);
    using hash_table = std::pmr::unordered_map<std::size_t, payload>;
    EXPECT_GT(this->template insert_under_holds<hash_table>(limit, emplace), 500u);
    const auto append = [](auto& list, std::size_t) { list.push_back(payload{}); };
    EXPECT_GT(this->template insert_under_holds<std::pmr::vector<payload>>(limit, append), 500u);
    EXPECT_GT(this->template insert_under_holds<std::pmr::deque<payload>>(limit, append), 500u);
  }
}

TYPED_TEST(a_bound_of, one_block_bears_it_whatever_its_size) {
  budget process("process", std::size_t{32} << 20);
  resource_options options;
  options.pages = &this->source;
  options.budget = &process;
  TypeParam resource(options);
  for (std::size_t bytes = 0; bytes < 300'000; bytes += bytes / 3 + 1) {
    for (const std::size_t alignment : {1U, 64U, 4096U}) {
      const std::size_t before = process.used();
      const std::size_t bound = resource.acquisition_bound(bytes, alignment);
      (void)resource.allocate(bytes, alignment);
      EXPECT_LE(process.used() - before, bound) << bytes << " at " << alignment;
    }
  }
  resource.release();
}

TYPED_TEST(a_bound_of, what_no_run_can_hold_is_the_largest_number) {
  resource_options options;
  options.pages = &this->source;
  const TypeParam resource(options);
  constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
  EXPECT_EQ(resource.acquisition_bound(most / 2, 1), most);
  EXPECT_EQ(resource.acquisition_bound(most, 1), most);
}

TEST(incremental_acquisition_bound, is_nothing_without_an_accounted_resource) {
  const std::vector<int> plain;
  EXPECT_EQ(incremental_acquisition_bound(plain), 0u);
  const std::pmr::vector<int> foreign(std::pmr::new_delete_resource());
  EXPECT_EQ(incremental_acquisition_bound(foreign), 0u);
}

}  // namespace
}  // namespace nearmem
