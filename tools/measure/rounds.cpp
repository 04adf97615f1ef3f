#include "tools/measure/rounds.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <utility>

namespace nearmem::measure {
namespace {

std::vector<part_report> collect(std::vector<probe>& probes,
                                 std::vector<std::vector<double>>& samples) {
  std::vector<part_report> parts;
  for (std::size_t i = 0; i < probes.size(); ++i) {
    row what = probes[i].what;
    if (what.not_measured.empty()) {
      what.value = make_figure(std::move(samples[i]), probes[i].direction);
      if (!what.value) what.not_measured = "no pass came to anything";
    }
    if (parts.empty() || parts.back().what != probes[i].of) parts.push_back({probes[i].of, {}});
    parts.back().rows.push_back(std::move(what));
  }
  return parts;
}

}  // namespace

rounds_run run_rounds(std::vector<probe>& probes, const round_limits& limits, std::uint64_t seed,
                      const std::function<void(double)>& progress,
                      const std::function<std::chrono::steady_clock::time_point()>& clock) {
  std::mt19937_64 random(seed);
  std::vector<std::size_t> order(probes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::vector<std::vector<double>> samples(probes.size());
  const auto begin = clock();
  const auto share_of_time = [&] {
    return std::chrono::duration<double>(clock() - begin) /
           std::chrono::duration<double>(limits.time);
  };
  rounds_run result;
  // Round 0 is not counted.
  for (std::size_t round = 0; round <= limits.most; ++round) {
    const auto round_begin = clock();
    std::shuffle(order.begin(), order.end(), random);
    for (std::size_t done = 0; done < order.size(); ++done) {
      probe& each = probes[order[done]];
      if (!each.pass || !each.what.not_measured.empty()) continue;
      const std::optional<double> sample = each.pass();
      if (!sample) {
        each.what.not_measured = "a thread could not be run on its CPU";
      } else if (round > 0 && std::isfinite(*sample)) {
        samples[order[done]].push_back(*sample);
      }
      const double by_rounds = (static_cast<double>(round) +
                                static_cast<double>(done) / static_cast<double>(order.size())) /
                               static_cast<double>(limits.most + 1);
      if (progress) progress(std::min(std::max(by_rounds, share_of_time()), 1.0));
    }
    result.rounds = round;
    const auto now = clock();
    const auto time = round < limits.enough ? limits.time * 3 / 2 : limits.time;
    if (round >= limits.least && now - begin + (now - round_begin) > time) break;
  }
  result.parts = collect(probes, samples);
  return result;
}

}  // namespace nearmem::measure
