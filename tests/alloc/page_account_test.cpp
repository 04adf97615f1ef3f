#include <cstring>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/accounting/budget.hpp>
#include <nearmem/accounting/budget_exceeded.hpp>
#include <nearmem/alloc/binding_error.hpp>
#include <nearmem/alloc/page_account.hpp>
#include <nearmem/topology/this_thread.hpp>

#include "tests/alloc/simulated_machine.hpp"
#include "tests/support/seed.hpp"

namespace nearmem {
namespace {

TEST(page_account, takes_nothing_until_it_is_asked) {
  simulated_machine simulated;
  page_source source = simulated.make();
  page_account account({.pages = &source});
  EXPECT_EQ(account.footprint(), 0u);
  EXPECT_EQ(account.usage(node_id{0}), node_usage{});
  EXPECT_EQ(simulated.kernel.resident_bytes(), 0u);
  EXPECT_TRUE(account.audit());
}

TEST(page_account, finds_the_source_of_the_process) {
  page_account account(resource_options{});
  const page_grant grant = account.acquire(1);
  ASSERT_TRUE(grant.run);
  EXPECT_EQ(&account.source(), &page_source::process());
  EXPECT_TRUE(page_source::process().contains(grant.run.data));
  account.release(grant.run);
  EXPECT_EQ(account.footprint(), 0u);
}

TEST(page_account, counts_by_node_and_remembers_its_peak) {
  simulated_machine simulated;
  page_source source = simulated.make();
  page_account account({.where = placement::local(), .pages = &source});
  std::vector<page_run> runs;
  for (std::uint32_t node = 0; node < 8; ++node) {
    const this_thread::assumed_node here(node_id{node});
    const page_grant grant = account.acquire((node + 1) * source.page_bytes());
    ASSERT_TRUE(grant.run);
    runs.push_back(grant.run);
    EXPECT_EQ(account.usage(node_id{node}).footprint, (node + 1) * source.page_bytes());
    EXPECT_EQ(account.usage(node_id{node}).outcome, binding_outcome::preferred);
  }
  EXPECT_EQ(account.footprint(), 36 * source.page_bytes());
  EXPECT_EQ(account.metadata(), 0u);
  EXPECT_TRUE(account.audit());
  for (const page_run run : runs)
    account.release(run);
  EXPECT_EQ(account.footprint(), 0u);
  EXPECT_EQ(account.peak_footprint(), 36 * source.page_bytes());
  EXPECT_EQ(account.usage(node_id{7}).footprint, 0u);
}

TEST(page_account, counts_as_spilled_what_lies_elsewhere_now) {
  simulated_machine simulated;
  simulated.kernel.set_node_bytes(node_id{3}, 2 * mebibyte);
  page_source source = simulated.make();
  page_account account({.where = placement::preferred(node_id{3}), .pages = &source});
  const page_grant first = account.acquire(mebibyte);
  const page_grant second = account.acquire(mebibyte);
  ASSERT_NE(second.node, node_id{3});
  EXPECT_EQ(account.usage(second.node).spilled, mebibyte);
  EXPECT_EQ(account.usage(node_id{3}).spilled, 0u);
  account.release(second.run);
  EXPECT_EQ(account.usage(second.node).spilled, 0u);
  account.release(first.run);
}

TEST(page_account, charges_its_budget_what_it_holds_and_where) {
  simulated_machine simulated;
  simulated.kernel.set_node_bytes(node_id{3}, 2 * mebibyte);
  page_source source = simulated.make();
  budget limit("pages", 3 * mebibyte);
  {
    page_account account(
        {.where = placement::preferred(node_id{3}), .budget = &limit, .pages = &source});
    const page_grant first = account.acquire(mebibyte);
    const page_grant spilled = account.acquire(mebibyte);
    EXPECT_EQ(limit.used(), 2 * mebibyte);
    EXPECT_EQ(limit.used(node_id{3}), mebibyte);
    EXPECT_EQ(limit.used(spilled.node), mebibyte);
    const page_grant refused = account.acquire(mebibyte + 1);
    EXPECT_EQ(refused.failure, page_failure::budget);
    EXPECT_EQ(limit.used(), account.footprint());
    try {
      account.throw_failure(refused);
    } catch (const budget_exceeded& error) {
      EXPECT_EQ(error.wanted(), mebibyte + 4096);  // what was refused: whole pages
      EXPECT_EQ(error.node(), std::nullopt);
    }
    account.release(first.run);
    account.release(spilled.run);
  }
  EXPECT_EQ(limit.used(), 0u);
}

TEST(page_account, gives_a_run_back_that_a_nodes_limit_forbids) {
  simulated_machine simulated;
  simulated.kernel.set_node_bytes(node_id{3}, mebibyte);
  page_source source = simulated.make();
  budget limit("pages", 64 * mebibyte);
  const node_id next = source.hardware().fallback_order(node_id{3})[1];
  limit.set_node_limit(next, mebibyte);
  page_account account(
      {.where = placement::preferred(node_id{3}), .budget = &limit, .pages = &source});
  const page_grant refused = account.acquire(2 * mebibyte);
  EXPECT_EQ(refused.failure, page_failure::budget);
  EXPECT_EQ(refused.refused.by, &limit);
  try {
    account.throw_failure(refused);
  } catch (const budget_exceeded& error) {
    EXPECT_EQ(error.node(), next);
    EXPECT_GT(error.wanted(), mebibyte);
  }
  EXPECT_EQ(limit.used(), 0u);
  EXPECT_EQ(account.footprint(), 0u);
  EXPECT_EQ(simulated.kernel.resident_bytes(), source.own_usage().footprint);
}

TEST(page_account, throws_what_a_failure_deserves) {
  simulated_machine simulated;
  page_source source = simulated.make();
  page_account account({.where = placement::bind(node_id{12}), .pages = &source});
  const page_grant grant = account.acquire(1);
  ASSERT_EQ(grant.failure, page_failure::bind_refused);
  try {
    account.throw_failure(grant);
  } catch (const binding_error& error) {
    EXPECT_EQ(error.node(), node_id{12});
    EXPECT_EQ(error.outcome(), binding_outcome::no_such_node);
  }
  const page_grant none{.failure = page_failure::memory};
  EXPECT_THROW(account.throw_failure(none), std::bad_alloc);
}

TEST(page_account, keeps_descriptors_in_pages_of_their_own) {
  simulated_machine simulated;
  page_source source = simulated.make();
  page_account account({.where = placement::preferred(node_id{5}), .pages = &source});
  page_grant why;
  void* first = account.make_descriptor(100, why);
  void* second = account.make_descriptor(1000, why);
  ASSERT_TRUE(first != nullptr && second != nullptr);
  EXPECT_EQ(account.metadata(), source.page_bytes());
  EXPECT_EQ(account.footprint(), source.page_bytes());
  EXPECT_EQ(source.home_of(first), node_id{5});
  account.drop_descriptor(first, 100);
  EXPECT_EQ(account.metadata(), source.page_bytes());
  account.drop_descriptor(second, 1000);
  account.drop_descriptor(nullptr, 64);
  EXPECT_EQ(account.metadata(), 0u);
  EXPECT_EQ(account.footprint(), 0u);
}

TEST(page_account, opens_huge_pages_for_runs_but_not_for_records) {
  simulated_machine simulated;
  page_source source = simulated.make();
  page_account account({.huge_pages = true, .pages = &source});
  page_grant why;
  void* descriptor = account.make_descriptor(64, why);
  const page_grant grant = account.acquire(1);
  EXPECT_EQ(grant.run.bytes, page_source::chunk_bytes);
  EXPECT_TRUE(simulated.kernel.huge_pages_allowed(grant.run.data));
  EXPECT_FALSE(simulated.kernel.huge_pages_allowed(descriptor));
  EXPECT_EQ(account.footprint(), page_source::chunk_bytes + source.page_bytes());
  account.release(grant.run);
  account.drop_descriptor(descriptor, 64);
}

TEST(page_account, balances_after_every_step_of_a_random_life) {
  std::mt19937_64 random(test_seed());
  simulated_machine simulated;
  simulated.kernel.set_node_bytes(node_id{0}, 3 * mebibyte);
  page_source source = simulated.make();
  budget limit("pages", 8 * mebibyte);
  page_account account(
      {.where = placement::preferred(node_id{0}), .budget = &limit, .pages = &source});
  std::vector<page_run> runs;
  std::vector<std::pair<void*, std::size_t>> descriptors;
  for (int i = 0; i < 6000; ++i) {
    const bool growing = (i / 1000) % 2 == 0;
    if (random() % 8 < (growing ? 5U : 3U)) {
      if (random() % 3 == 0) {
        const std::size_t bytes = 1 + random() % 5000;
        page_grant why;
        if (void* made = account.make_descriptor(bytes, why)) {
          descriptors.emplace_back(made, bytes);
        } else {
          EXPECT_NE(why.failure, page_failure::none);
        }
      } else if (const page_grant grant = account.acquire(1 + random() % 30000); grant.run) {
        runs.push_back(grant.run);
      }
    } else if (random() % 3 == 0 && !descriptors.empty()) {
      std::swap(descriptors[random() % descriptors.size()], descriptors.back());
      account.drop_descriptor(descriptors.back().first, descriptors.back().second);
      descriptors.pop_back();
    } else if (!runs.empty()) {
      std::swap(runs[random() % runs.size()], runs.back());
      account.release(runs.back());
      runs.pop_back();
    }
    ASSERT_EQ(limit.used(), account.footprint());
    ASSERT_EQ(source.own_usage().committed, source.own_usage().footprint + account.footprint());
    if (i % 100 == 0) {
      ASSERT_TRUE(account.audit());
      ASSERT_TRUE(source.audit());
      ASSERT_EQ(simulated.kernel.resident_bytes(), source.own_usage().committed);
    }
  }
  for (const page_run run : runs)
    account.release(run);
  for (const auto& [data, bytes] : descriptors)
    account.drop_descriptor(data, bytes);
  EXPECT_EQ(account.footprint(), 0u);
  EXPECT_EQ(account.metadata(), 0u);
  EXPECT_EQ(limit.used(), 0u);
}

// Every call to the kernel fails once, as does every charge.
TEST(page_account, is_as_it_was_after_any_refusal) {
  for (std::size_t n = 0;; ++n) {
    SCOPED_TRACE("call " + std::to_string(n));
    simulated_machine simulated;
    page_source source = simulated.make();
    budget limit("pages", 64 * mebibyte);
    page_account account(
        {.where = placement::bind(node_id{2}), .budget = &limit, .pages = &source});
    std::vector<page_run> runs;
    std::vector<void*> descriptors;
    simulated.kernel.fail_any(n, ENOMEM);
    for (int i = 0; i < 12; ++i) {
      const std::size_t before = account.footprint();
      if (const page_grant grant = account.acquire(5000); grant.run) {
        runs.push_back(grant.run);
      } else {
        ASSERT_NE(grant.failure, page_failure::none);
        // A larger ledger may have been made already; it is used by the next run.
        ASSERT_LE(account.footprint() - before, source.page_bytes());
      }
      page_grant why;
      if (void* made = account.make_descriptor(700, why)) descriptors.push_back(made);
      ASSERT_EQ(limit.used(), account.footprint());
      ASSERT_TRUE(account.audit());
    }
    for (const page_run run : runs)
      account.release(run);
    for (void* made : descriptors)
      account.drop_descriptor(made, 700);
    ASSERT_EQ(account.footprint(), 0u);
    ASSERT_EQ(limit.used(), 0u);
    ASSERT_TRUE(source.audit());
    if (!simulated.kernel.has_failed()) {
      EXPECT_GT(n, 20u);
      break;
    }
  }
}

TEST(page_account, takes_less_at_once_under_a_small_budget) {
  simulated_machine simulated;
  page_source source = simulated.make();
  EXPECT_EQ(page_account({.pages = &source}).quantum(), page_source::chunk_bytes);
  budget small("small", 5'000'000);
  EXPECT_EQ(page_account({.budget = &small, .pages = &source}).quantum(), small.quantum());
}

TEST(page_account, ends_on_what_it_never_gave) {
  if constexpr (build_checks == check_level::fast) GTEST_SKIP() << "checks are off in this build";
  simulated_machine simulated;
  page_source source = simulated.make();
  page_account account({.pages = &source});
  const page_grant grant = account.acquire(1);
  page_grant why;
  void* descriptor = account.make_descriptor(64, why);
  EXPECT_DEATH(account.release({grant.run.data, 2 * grant.run.bytes}), "not out");
  EXPECT_DEATH(account.drop_descriptor(descriptor, 128), "not a descriptor");
  EXPECT_DEATH(
      {
        page_account left({.pages = &source});
        left.acquire(1);
      },
      "runs or descriptors");
  account.release(grant.run);
  EXPECT_DEATH(account.release(grant.run), "not out");
  account.drop_descriptor(descriptor, 64);
}

}  // namespace
}  // namespace nearmem
