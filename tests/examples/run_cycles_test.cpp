#include "examples/fullnode/run_cycles.hpp"

#include <cstdint>
#include <functional>

#include <gtest/gtest.h>

#include "examples/fullnode/node_config.hpp"

namespace nearmem::fullnode {
namespace {

constexpr double run_transactions = 100'000;
constexpr std::size_t peak = 1'000'000;

component_sample& coins_of(run_sample& sample) {
  return sample.components[static_cast<std::size_t>(part::coins)];
}

// A node whose coins rise to `peak` within `cycle` transactions, and fall to nothing, and whose
// mempool takes what `mempool` says.
run_sample sample_at(double transactions, double cycle,
                     const std::function<double(double)>& mempool) {
  run_sample made;
  made.transactions = static_cast<std::uint64_t>(transactions);
  made.components.resize(part_names.size());
  const auto cycles = static_cast<std::uint64_t>(transactions / cycle);
  const double phase = transactions / cycle - static_cast<double>(cycles);
  coins_of(made).footprint = static_cast<std::size_t>(peak * phase);
  coins_of(made).evictions.flushed = cycles;
  made.components.front().footprint = static_cast<std::size_t>(mempool(transactions));
  made.resident = made.components.front().footprint + coins_of(made).footprint + 5'000;
  return made;
}

run_cycles run(double cycle, const std::function<double(double)>& mempool, double step = 100) {
  run_cycles cycles;
  for (double at = 0; at <= run_transactions; at += step)
    cycles.look(sample_at(at, cycle, mempool), at / run_transactions);
  return cycles;
}

double constant(double) {
  return 40'000;
}

TEST(run_cycles, have_the_mean_of_a_whole_one_wherever_a_quarter_ends) {
  // A quarter has 6 whole cycles and a part of one, which lies elsewhere in each.
  const run_cycles cycles = run(3'700, constant);
  std::size_t all = 0;
  for (std::size_t i = 0; i < run_cycles::quarters; ++i) {
    const cycle_means& quarter = cycles.of_quarter(i);
    all += quarter.footprint.count();
    EXPECT_GE(quarter.footprint.count(), 6u);
    EXPECT_NEAR(quarter.footprint.value(), peak / 2 + 40'000, peak / 50);
    EXPECT_NEAR(quarter.resident.value() - quarter.footprint.value(), 5'000, 1);
    EXPECT_NEAR(quarter.components.front().value(), 40'000, 1);
  }
  EXPECT_EQ(all, 100'000u / 3'700 - 1) << "neither the first nor the last was seen whole";
  const auto difference = cycles.last_against_second();
  ASSERT_TRUE(difference);
  EXPECT_FALSE(difference->is_growth());
  EXPECT_EQ(difference->most, "");
}

// Looks by the clock are closer where a run is slower: a mean over them would rise and fall.
TEST(run_cycles, have_the_same_mean_however_often_one_looks) {
  const double often = run(3'700, constant, 10).of_quarter(1).footprint.value();
  const double seldom = run(3'700, constant, 150).of_quarter(1).footprint.value();
  EXPECT_NEAR(often, seldom, peak / 40);
}

TEST(run_cycles, show_a_growth_far_smaller_than_a_cycle) {
  const run_cycles cycles = run(3'700, [](double at) { return 40'000 + at; });
  const auto difference = cycles.last_against_second();
  ASSERT_TRUE(difference);
  EXPECT_NEAR(difference->footprint.value, 50'000, 8'000);
  EXPECT_TRUE(difference->footprint.is_growth());
  ASSERT_TRUE(difference->resident);
  EXPECT_TRUE(difference->resident->is_growth());
  EXPECT_EQ(difference->most, "mempool");
}

TEST(run_cycles, do_not_call_it_growth_where_it_falls) {
  const auto difference = run(3'700, [](double at) { return 200'000 - at; }).last_against_second();
  ASSERT_TRUE(difference);
  EXPECT_LT(difference->footprint.value, -40'000);
  EXPECT_FALSE(difference->is_growth());
}

TEST(run_cycles, say_nothing_where_they_are_few) {
  EXPECT_FALSE(run(20'000, constant).last_against_second());
  EXPECT_FALSE(run_cycles().last_against_second());
}

TEST(run_cycles, do_without_a_kernel_that_says_what_is_resident) {
  run_cycles cycles;
  for (double at = 0; at <= run_transactions; at += 100) {
    run_sample sample = sample_at(at, 3'700, constant);
    sample.resident.reset();
    cycles.look(sample, at / run_transactions);
  }
  const auto difference = cycles.last_against_second();
  ASSERT_TRUE(difference);
  EXPECT_FALSE(difference->resident);
}

}  // namespace
}  // namespace nearmem::fullnode
