#include "tools/measure/rounds.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nearmem::measure {
namespace {

using std::chrono::seconds;
using time_point = std::chrono::steady_clock::time_point;

// Time that passes only when a probe is run.
struct made_up_time {
  time_point now{};
  std::function<time_point()> clock() {
    return [this] { return now; };
  }
};

probe of_part(part what, std::function<std::optional<double>()> pass) {
  return {what, {.series = "any"}, better::lower, std::move(pass)};
}

TEST(rounds, run_every_probe_once_each_and_forget_the_first) {
  made_up_time time;
  std::vector<int> runs(3);
  std::vector<probe> probes;
  for (int& count : runs) {
    probes.push_back(of_part(part::paths, [&count] { return std::optional(100.0 + ++count); }));
  }
  const rounds_run run =
      run_rounds(probes, {.least = 3, .most = 5, .time = seconds(9)}, 1, nullptr, time.clock());
  EXPECT_EQ(run.rounds, 5);
  EXPECT_THAT(runs, testing::Each(6));
  ASSERT_EQ(run.parts.size(), 1);
  for (const row& each : run.parts[0].rows) {
    EXPECT_EQ(each.value->samples, 5);
    // 101 was the warm-up's.
    EXPECT_EQ(each.value->best, 102);
  }
}

TEST(rounds, interleave_probes_in_changing_order) {
  made_up_time time;
  std::string order;
  std::vector<probe> probes;
  for (const char name : {'a', 'b', 'c', 'd'}) {
    probes.push_back(of_part(part::paths, [&order, name] {
      order += name;
      return std::optional(1.0);
    }));
  }
  run_rounds(probes, {.least = 3, .most = 20, .time = seconds(9)}, 1, nullptr, time.clock());
  std::set<std::string> orders;
  for (std::size_t at = 0; at < order.size(); at += 4) {
    std::string round = order.substr(at, 4);
    orders.insert(round);
    std::sort(round.begin(), round.end());
    EXPECT_EQ(round, "abcd");
  }
  EXPECT_GT(orders.size(), 3);
}

TEST(rounds, begin_none_that_the_time_does_not_allow_but_run_enough) {
  for (const auto& [pass, rounds] :
       {std::pair(seconds(1), 8), std::pair(seconds(2), 5), std::pair(seconds(60), 3)}) {
    const seconds each = pass;
    made_up_time time;
    std::vector<probe> probes = {of_part(part::paths, [&time, each] {
      time.now += each;
      return std::optional(1.0);
    })};
    std::vector<double> told;
    const rounds_run run = run_rounds(
        probes, {.least = 3, .most = 100, .time = seconds(9)}, 1,
        [&](double share) { told.push_back(share); }, time.clock());
    EXPECT_EQ(run.rounds, rounds);
    EXPECT_TRUE(std::is_sorted(told.begin(), told.end()));
    EXPECT_LE(told.back(), 1);
  }
}

TEST(rounds, end_what_cannot_be_timed_and_skip_what_came_to_nothing) {
  made_up_time time;
  int asked = 0;
  std::vector<probe> probes = {
      of_part(part::cores,
              [&]() -> std::optional<double> {
                ++asked;
                return std::nullopt;
              }),
      of_part(part::paths, [] { return std::optional(std::nan("")); }),
      {part::pages, {.series = "x", .not_measured = "for a reason"}, better::lower, nullptr}};
  const rounds_run run =
      run_rounds(probes, {.least = 3, .most = 3, .time = seconds(9)}, 1, nullptr, time.clock());
  EXPECT_EQ(asked, 1);
  ASSERT_EQ(run.parts.size(), 3);
  EXPECT_EQ(run.parts[0].rows[0].not_measured, "a thread could not be run on its CPU");
  EXPECT_EQ(run.parts[1].rows[0].not_measured, "no pass came to anything");
  EXPECT_EQ(run.parts[2].rows[0].not_measured, "for a reason");
  for (const part_report& each : run.parts)
    EXPECT_FALSE(each.rows[0].value);
}

}  // namespace
}  // namespace nearmem::measure
