#include "tools/measure/figure.hpp"

#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/seed.hpp"
#include "tools/measure/comparison.hpp"

namespace nearmem::measure {
namespace {

TEST(figure, is_the_least_time_or_the_highest_rate) {
  const figure time = *make_figure({5, 1, 3, 2, 4}, better::lower);
  EXPECT_EQ(time.best, 1);
  EXPECT_EQ(time.median, 3);
  EXPECT_EQ(time.lower_quartile, 2);
  EXPECT_EQ(time.upper_quartile, 4);
  EXPECT_EQ(time.samples, 5);
  const figure rate = *make_figure({5, 1, 3, 2, 4}, better::higher);
  EXPECT_EQ(rate.best, 5);
}

TEST(figure, lies_between_samples_where_a_quartile_does) {
  const figure four = *make_figure({1, 2, 3, 4}, better::lower);
  EXPECT_DOUBLE_EQ(four.median, 2.5);
  EXPECT_DOUBLE_EQ(four.lower_quartile, 1.75);
}

TEST(figure, spreads_as_far_as_nine_samples_of_ten) {
  std::vector<double> samples;
  for (int i = 0; i < 20; ++i)
    samples.push_back(100 + i);
  const figure times = *make_figure(samples, better::lower);
  EXPECT_EQ(times.far, 117);
  EXPECT_DOUBLE_EQ(times.spread(), 0.17);
  EXPECT_DOUBLE_EQ(times.worst(), 117);
  const figure rates = *make_figure(samples, better::higher);
  EXPECT_EQ(rates.far, 102);
  EXPECT_DOUBLE_EQ(rates.spread(), 119.0 / 102 - 1);
  EXPECT_DOUBLE_EQ(rates.worst(), 102);
  samples.resize(9);
  EXPECT_EQ(make_figure(samples, better::lower)->far, 108);
}

TEST(figure, spreads_farther_where_samples_are_few) {
  const auto spread_of = [](std::size_t samples) {
    std::vector<double> all(samples, 100);
    all.back() = 110;
    return make_figure(all, better::lower)->spread();
  };
  EXPECT_NEAR(spread_of(7), 0.1, 1e-12);
  EXPECT_NEAR(spread_of(5), 0.1 * 49 / 25, 1e-12);
  EXPECT_NEAR(spread_of(3), 0.1 * 49 / 9, 1e-12);
}

TEST(figure, tells_nothing_by_two_samples_and_not_all_by_any_number) {
  EXPECT_EQ(make_figure({1, 1}, better::lower)->spread(), 1);
  EXPECT_EQ(make_figure({1, 1, 1}, better::lower)->spread(), 0.02);
}

TEST(figure, is_none_without_samples_or_with_bad_ones) {
  EXPECT_FALSE(make_figure({}, better::lower));
  EXPECT_FALSE(make_figure({1, 0}, better::lower));
  EXPECT_FALSE(make_figure({1, -2}, better::lower));
  EXPECT_FALSE(make_figure({std::numeric_limits<double>::infinity()}, better::lower));
  EXPECT_FALSE(make_figure({std::nan("")}, better::lower));
}

// A run's samples of something that takes 100, disturbed in some way, in a number of rounds.
using disturbed = std::function<double(std::mt19937_64&)>;

double share(std::mt19937_64& random) {
  return std::uniform_real_distribution<double>(0, 1)(random);
}

disturbed jitter(double most) {
  return [most](std::mt19937_64& random) { return 100 * (1 + most * share(random)); };
}

disturbed one_sided(double mean) {
  return [mean](std::mt19937_64& random) {
    return 100 * (1 + mean * std::exponential_distribution<double>(1)(random));
  };
}

// A hypervisor takes the processor during this share of the rounds.
disturbed stolen(double rounds) {
  return [rounds](std::mt19937_64& random) {
    const double burst = share(random) < rounds ? 2 * share(random) : 0;
    return 100 * (1 + 0.005 * share(random) + burst);
  };
}

// One of two: memory that fits a cache or not, by the pages that it was given.
disturbed either(double slow) {
  return [slow](std::mt19937_64& random) {
    return (share(random) < slow ? 200 : 100) * (1 + 0.001 * share(random));
  };
}

std::size_t disagreements(const disturbed& draw, std::size_t rounds, std::mt19937_64& random) {
  const auto run = [&] {
    std::vector<double> samples(rounds);
    for (double& each : samples)
      each = draw(random);
    return *make_figure(samples, better::lower);
  };
  std::size_t apart = 0;
  for (int i = 0; i < 1000; ++i)
    apart += compare(run(), run(), 0).what == difference::differ;
  return apart;
}

// Two runs of one thing agree within the dispersion that they state.
TEST(figure, agrees_with_another_of_the_same_within_the_spread_it_states) {
  std::mt19937_64 random(test_seed());
  const std::vector<disturbed> kinds = {jitter(0.1),  jitter(1),   one_sided(0.001), one_sided(0.2),
                                        one_sided(1), stolen(0.2), stolen(0.5),      stolen(0.8),
                                        either(0.3),  either(0.5), either(0.7),      either(0.9)};
  for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
    for (const std::size_t rounds : {5U, 7U, 11U, 21U})
      EXPECT_LE(disagreements(kinds[kind], rounds, random), 15) << kind << ", " << rounds;
  }
}

// With three rounds, one of two ways may be all that one run sees, and the other all that another.
TEST(figure, agrees_by_few_rounds_but_where_there_are_two_ways) {
  std::mt19937_64 random(test_seed());
  for (const disturbed& draw : {jitter(0.1), jitter(1), one_sided(0.2), one_sided(1), stolen(0.5)})
    EXPECT_LE(disagreements(draw, 3, random), 15);
  EXPECT_GT(disagreements(either(0.5), 3, random), 10);
}

}  // namespace
}  // namespace nearmem::measure
