#include <cerrno>
#include <cstddef>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/accounting/budget.hpp>
#include <nearmem/accounting/budget_hold.hpp>
#include <nearmem/alloc/arena_resource.hpp>
#include <nearmem/alloc/slab_cache.hpp>
#include <nearmem/alloc/unsynchronized_slab_resource.hpp>

#include "tests/alloc/simulated_machine.hpp"

// Every page request of every kind of resource is refused once, under a budget; the books are right
// after each refusal, a hold loses nothing, and in the end nothing is left.
namespace nearmem {
namespace {

struct coin {
  std::byte bytes[80];
};

// What the kinds have in common, as far as the test needs it.
template <class Resource>
class subject {
 public:
  explicit subject(const resource_options& options) : resource_(options) {}
  void* allocate(std::size_t bytes) { return resource_.allocate(bytes); }
  void deallocate(void* block, std::size_t bytes) { resource_.deallocate(block, bytes); }
  Resource& resource() { return resource_; }

 private:
  Resource resource_;
};

template <slab_return Return>
class subject<slab_cache<coin, build_checks, Return>> {
 public:
  explicit subject(const resource_options& options) : resource_(options) {}
  void* allocate(std::size_t) { return resource_.allocate(); }
  void deallocate(void* block, std::size_t) { resource_.deallocate(block); }
  auto& resource() { return resource_; }

 private:
  slab_cache<coin, build_checks, Return> resource_;
};

template <class Resource>
class budget_faults : public testing::Test {
 protected:
  using blocks = std::vector<std::pair<void*, std::size_t>>;

  static void expect_books(Resource& resource, const budget& payer, std::size_t held) {
    const resource_usage usage = resource.usage();
    ASSERT_EQ(usage.footprint, usage.charged + usage.unused + usage.metadata);
    ASSERT_EQ(payer.used(), usage.footprint + held);
    ASSERT_LE(payer.used(), payer.limit());
    std::size_t by_node = 0;
    std::size_t charged_by_node = 0;
    for (std::uint32_t node = 0; node < 8; ++node) {
      by_node += resource.usage(node_id{node}).footprint;
      charged_by_node += payer.used(node_id{node});
    }
    ASSERT_EQ(by_node, usage.footprint);
    ASSERT_EQ(charged_by_node, usage.footprint);
    ASSERT_TRUE(resource.audit());
  }

  // Blocks of many sizes, freed in between; what is refused is passed over. Returns the refusals.
  static int live(subject<Resource>& memory, const budget& payer, const budget_hold* hold) {
    int refusals = 0;
    blocks mine;
    for (std::size_t step = 0; step < 120; ++step) {
      const std::size_t bytes = step % 10 == 9 ? 40'000 + 1000 * step : 16 + 37 * step;
      try {
        mine.emplace_back(memory.allocate(bytes), bytes);
      } catch (const std::bad_alloc&) {
        ++refusals;
      }
      if (step % 3 == 2 && !mine.empty()) {
        memory.deallocate(mine[mine.size() / 2].first, mine[mine.size() / 2].second);
        mine.erase(mine.begin() + static_cast<std::ptrdiff_t>(mine.size() / 2));
      }
      expect_books(memory.resource(), payer, hold == nullptr ? 0 : hold->remaining());
      if (testing::Test::HasFatalFailure()) return refusals;
    }
    for (const auto& [block, bytes] : mine)
      memory.deallocate(block, bytes);
    memory.resource().release();
    return refusals;
  }

  // Refuses the n-th call to the kernel; false once there were fewer.
  static bool refuse(std::size_t n, std::size_t hold_bytes) {
    simulated_machine simulated;
    page_source pages = simulated.make();
    budget process("process", 64 * mebibyte);
    budget part("part", budget::unlimited, &process);
    resource_options options;
    options.budget = &part;
    options.pages = &pages;
    {
      std::optional<budget_hold> hold;
      if (hold_bytes != 0) hold.emplace(part, hold_bytes);
      subject<Resource> memory(options);
      simulated.kernel.fail_any(n, ENOMEM);
      live(memory, part, hold ? &*hold : nullptr);
      if (hold) {
        EXPECT_EQ(hold->remaining(), hold_bytes) << "after call " << n;
      }
    }
    EXPECT_EQ(process.used(), 0) << "after call " << n;
    EXPECT_EQ(part.held(), 0) << "after call " << n;
    EXPECT_EQ(pages.own_usage().committed, pages.own_usage().footprint) << "after call " << n;
    EXPECT_TRUE(pages.audit()) << "after call " << n;
    return simulated.kernel.has_failed();
  }
};

using kinds = testing::Types<unsynchronized_slab_resource, arena_resource, slab_cache<coin>,
                             slab_cache<coin, build_checks, slab_return::by_trim>>;
TYPED_TEST_SUITE(budget_faults, kinds);

TYPED_TEST(budget_faults, leave_the_books_right_whichever_call_is_refused) {
  std::size_t n = 0;
  while (this->refuse(n, 0) && !this->HasFailure())
    ++n;
  EXPECT_GT(n, 5);
}

TYPED_TEST(budget_faults, take_nothing_from_a_hold_whichever_call_is_refused) {
  std::size_t n = 0;
  while (this->refuse(n, mebibyte) && !this->HasFailure())
    ++n;
  EXPECT_GT(n, 5);
}

// The budget itself refuses: every limit that stops the work somewhere.
TYPED_TEST(budget_faults, leave_the_books_right_wherever_the_budget_refuses) {
  simulated_machine simulated;
  page_source pages = simulated.make();
  int refusals = 1;
  for (std::size_t limit = 0; refusals > 0; limit += 12'288) {
    budget part("part", limit);
    resource_options options;
    options.budget = &part;
    options.pages = &pages;
    {
      subject<TypeParam> memory(options);
      refusals = this->live(memory, part, nullptr);
      if (this->HasFatalFailure()) return;
    }
    ASSERT_EQ(part.used(), 0);
    ASSERT_LE(part.peak(), limit);
  }
  ASSERT_EQ(pages.own_usage().committed, pages.own_usage().footprint);
}

}  // namespace
}  // namespace nearmem
