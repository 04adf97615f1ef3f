#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nearmem/accounting/budget.hpp>
#include <nearmem/accounting/resource_registry.hpp>

namespace nearmem {
namespace {

using testing::ElementsAre;

constexpr node_id node_0{0};
constexpr node_id node_1{1};

// A part of a program: holds bytes under a budget and gives them back when asked.
struct component {
  component(const char* name, std::size_t limit, budget* parent = nullptr)
      : own(name, limit, parent) {
    own.set_reclaim([this](std::size_t bytes, std::optional<node_id> node) {
      asked.push_back(bytes);
      hints.push_back(node);
      if (!gives) return;
      for (const node_id on : {node_0, node_1}) {
        if (node && *node != on) continue;
        const std::size_t back = std::min(bytes, own.used(on));
        own.refund(back, on);
        bytes -= back;
      }
    });
  }
  ~component() {
    own.refund(own.used(node_0), node_0);
    own.refund(own.used(node_1), node_1);
  }
  component(const component&) = delete;
  component& operator=(const component&) = delete;

  bool fill(std::size_t bytes, node_id node = node_0) { return own.charge(bytes, node); }

  budget own;
  bool gives = true;
  std::vector<std::size_t> asked;
  std::vector<std::optional<node_id>> hints;
};

TEST(budget_admission, asks_nobody_while_there_is_room) {
  component one("one", 1000);
  ASSERT_TRUE(one.fill(400));
  EXPECT_TRUE(one.own.admit(600));
  EXPECT_THAT(one.asked, ElementsAre());
}

TEST(budget_admission, asks_for_exactly_what_is_missing) {
  component one("one", 1000);
  ASSERT_TRUE(one.fill(900));
  EXPECT_TRUE(one.own.admit(150));
  EXPECT_THAT(one.asked, ElementsAre(50));
  EXPECT_EQ(one.own.used(), 850);
}

TEST(budget_admission, says_no_when_the_callback_gives_too_little) {
  component one("one", 1000);
  one.gives = false;
  ASSERT_TRUE(one.fill(900));
  EXPECT_FALSE(one.own.admit(150));
  EXPECT_THAT(one.asked, ElementsAre(50));
}

TEST(budget_admission, refuses_a_hopeless_request_at_once_and_remembers_nothing_of_it) {
  component one("one", 1000);
  ASSERT_TRUE(one.fill(900));
  for (const std::size_t bytes : {std::size_t{1001}, std::size_t{1} << 63, ~std::size_t{0}}) {
    EXPECT_FALSE(one.own.admit(bytes));
  }
  EXPECT_THAT(one.asked, ElementsAre());
  EXPECT_TRUE(one.own.poll());
  EXPECT_THAT(one.asked, ElementsAre());
  EXPECT_TRUE(one.own.admit(200));
  EXPECT_THAT(one.asked, ElementsAre(100));
}

TEST(budget_admission, of_half_the_address_space_is_refused_without_any_limit) {
  budget vast("vast", budget::unlimited);
  budget inner("inner", budget::unlimited, &vast);
  EXPECT_FALSE(inner.admit(std::size_t{1} << 63));
  ASSERT_TRUE(inner.charge(1, node_0));
  EXPECT_FALSE(inner.admit(budget::unlimited));
  inner.refund(1, node_0);
}

TEST(budget_admission, never_runs_a_callback_from_a_charge) {
  component one("one", 1000);
  one.own.set_soft_limit(100);
  ASSERT_TRUE(one.fill(1000));
  EXPECT_FALSE(one.own.charge(1, node_0));
  EXPECT_FALSE(one.own.charge(5000, node_0));
  EXPECT_THAT(one.asked, ElementsAre());
}

TEST(budget_admission, asks_those_below_with_the_largest_first_until_it_fits) {
  budget process("process", 1000);
  component small("small", budget::unlimited, &process);
  component large("large", budget::unlimited, &process);
  ASSERT_TRUE(small.fill(300));
  ASSERT_TRUE(large.fill(700));
  EXPECT_TRUE(process.admit(600));
  EXPECT_THAT(large.asked, ElementsAre(600));
  EXPECT_THAT(small.asked, ElementsAre());
  ASSERT_TRUE(large.fill(100));
  EXPECT_TRUE(process.admit(700));
  EXPECT_THAT(small.asked, ElementsAre(200));  // the largest by now
  EXPECT_THAT(large.asked, ElementsAre(600));
}

TEST(budget_admission, asks_nobody_for_more_than_it_has) {
  budget process("process", 1000);
  component small("small", budget::unlimited, &process);
  component large("large", budget::unlimited, &process);
  component idle("idle", budget::unlimited, &process);
  ASSERT_TRUE(small.fill(300));
  ASSERT_TRUE(large.fill(700));
  EXPECT_TRUE(process.admit(900));
  EXPECT_THAT(large.asked, ElementsAre(700));
  EXPECT_THAT(small.asked, ElementsAre(200));
  EXPECT_THAT(idle.asked, ElementsAre());
}

TEST(budget_admission, leaves_siblings_and_parents_in_peace) {
  component process("process", 1000);
  component a("a", budget::unlimited, &process.own);
  component b("b", budget::unlimited, &process.own);
  ASSERT_TRUE(a.fill(100));
  ASSERT_TRUE(b.fill(800));
  EXPECT_FALSE(a.own.admit(300));
  EXPECT_THAT(a.asked, ElementsAre(100));
  EXPECT_THAT(b.asked, ElementsAre());
  EXPECT_THAT(process.asked, ElementsAre());
  b.own.refund(800, node_0);
  process.own.set_reclaim(nullptr);
}

TEST(budget_admission, hints_at_a_node_only_where_that_node_is_short) {
  component one("one", 1000);
  one.own.set_node_limit(node_1, 300);
  ASSERT_TRUE(one.fill(250, node_1));
  ASSERT_TRUE(one.fill(300, node_0));
  EXPECT_TRUE(one.own.admit(100, node_1));
  EXPECT_THAT(one.asked, ElementsAre(50));
  EXPECT_THAT(one.hints, ElementsAre(node_1));
  ASSERT_TRUE(one.fill(450, node_0));
  EXPECT_TRUE(one.own.admit(100, node_0));
  EXPECT_THAT(one.asked, ElementsAre(50, 50));
  EXPECT_THAT(one.hints, ElementsAre(node_1, std::nullopt));
  EXPECT_FALSE(one.own.admit(301, node_1));
  EXPECT_EQ(one.asked.size(), 2);
}

TEST(budget_admission, polls_for_what_is_over_the_soft_limit) {
  component one("one", 1000);
  one.own.set_soft_limit(600);
  ASSERT_TRUE(one.fill(600));
  EXPECT_TRUE(one.own.poll());
  EXPECT_THAT(one.asked, ElementsAre());
  ASSERT_TRUE(one.fill(100));
  EXPECT_TRUE(one.own.poll());
  EXPECT_THAT(one.asked, ElementsAre(100));
  EXPECT_TRUE(one.own.poll());
  EXPECT_THAT(one.asked, ElementsAre(100));
}

TEST(budget_admission, polls_for_a_parent_that_is_over_its_soft_limit) {
  budget process("process", 1000);
  process.set_soft_limit(500);
  component a("a", budget::unlimited, &process);
  component b("b", budget::unlimited, &process);
  ASSERT_TRUE(a.fill(200));
  ASSERT_TRUE(b.fill(700));
  EXPECT_FALSE(a.own.poll());
  EXPECT_THAT(a.asked, ElementsAre(200));
  EXPECT_TRUE(b.own.poll());
  EXPECT_THAT(b.asked, ElementsAre(200));
}

TEST(budget_admission, says_unsettled_while_a_child_is_over) {
  budget process("process", 1000);
  component part("part", 500, &process);
  part.own.set_soft_limit(100);
  part.gives = false;
  ASSERT_TRUE(part.fill(150));
  EXPECT_FALSE(process.poll());
  part.gives = true;
  EXPECT_TRUE(process.poll());
}

TEST(budget_admission, polls_for_a_node_whose_limit_was_lowered_and_forgets_it_afterwards) {
  component one("one", 1000);
  ASSERT_TRUE(one.fill(400, node_1));
  ASSERT_TRUE(one.fill(400, node_0));
  one.own.set_node_limit(node_1, 300);
  EXPECT_TRUE(one.own.poll());
  EXPECT_THAT(one.asked, ElementsAre(100));
  EXPECT_THAT(one.hints, ElementsAre(node_1));
  one.own.set_soft_limit(600);
  EXPECT_TRUE(one.own.poll());
  EXPECT_THAT(one.asked, ElementsAre(100, 100));
  EXPECT_THAT(one.hints, ElementsAre(node_1, std::nullopt));
}

// Holds bytes free under a budget until it is trimmed.
class hoarder final : public reportable {
 public:
  explicit hoarder(budget& payer) : payer_(payer) {}
  ~hoarder() { trim(); }
  bool hoard(std::size_t bytes) {
    if (!payer_.charge(bytes, node_0)) return false;
    free_ += bytes;
    return true;
  }

  std::string_view name() const noexcept override { return ""; }
  resource_usage usage() const noexcept override {
    resource_usage all;
    all.unused = all.footprint = free_;
    return all;
  }
  node_usage usage(node_id node) const noexcept override {
    node_usage here;
    here.footprint = node == node_0 ? free_ : 0;
    return here;
  }
  void describe(resource_description& into) const override { into.kind = "hoard"; }
  const void* pages() const noexcept override { return nullptr; }
  const budget* charged_to() const noexcept override { return &payer_; }
  void trim() noexcept override {
    payer_.refund(free_, node_0);
    free_ = 0;
    ++trims;
  }
  int trims = 0;

 private:
  budget& payer_;
  std::size_t free_ = 0;
  resource_registry::entry entry_{*this};
};

TEST(budget_admission, trims_what_is_charged_here_and_below_and_says_how_much_that_was) {
  budget process("process", 1000);
  budget a("a", 1000, &process);
  budget b("b", 1000, &process);
  hoarder of_a(a);
  hoarder of_b(b);
  ASSERT_TRUE(of_a.hoard(300));
  ASSERT_TRUE(of_b.hoard(200));
  EXPECT_EQ(a.trim(), 300);
  EXPECT_EQ(of_b.trims, 0);
  ASSERT_TRUE(of_a.hoard(10));
  EXPECT_EQ(process.trim(), 210);
  EXPECT_EQ(process.trim(), 0);
}

TEST(budget_admission, trims_free_memory_everywhere_before_it_has_anything_evicted) {
  budget process("process", 1000);
  component a("a", budget::unlimited, &process);
  budget b("b", 1000, &process);
  hoarder of_b(b);
  ASSERT_TRUE(a.fill(400));
  ASSERT_TRUE(of_b.hoard(600));
  EXPECT_TRUE(a.own.admit(500));
  EXPECT_THAT(a.asked, ElementsAre());
  EXPECT_EQ(b.used(), 0);
}

TEST(budget_admission, trims_after_an_eviction_so_that_freed_cells_count) {
  budget one("one", 1000);
  hoarder pool(one);
  std::size_t live = 1000;
  ASSERT_TRUE(one.charge(live, node_0));
  one.set_reclaim([&](std::size_t bytes, std::optional<node_id>) {
    one.refund(bytes, node_0);  // live objects become free cells of the pool
    live -= bytes;
    ASSERT_TRUE(pool.hoard(bytes));
  });
  EXPECT_TRUE(one.admit(100));
  EXPECT_EQ(one.used(), 900);
  one.refund(live, node_0);
}

}  // namespace
}  // namespace nearmem
