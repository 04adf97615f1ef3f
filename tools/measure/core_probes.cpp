#include "tools/measure/core_probes.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include <nearmem/topology/pinned_thread.hpp>

#include "tools/kernels/allocator_paths.hpp"
#include "tools/kernels/core_pair.hpp"
#include "tools/kernels/page_costs.hpp"
#include "tools/kernels/placed_memory.hpp"
#include "tools/measure/cpu_pairs.hpp"
#include "tools/measure/pace.hpp"

namespace nearmem::measure {
namespace {

constexpr std::size_t shared_bytes = 8192;

// Of two threads that must run at the same time, which longer goes on a busy machine seldom do.
double joint_go(const plan& with) {
  return std::min(with.how.go_nanoseconds, 3e5);
}

std::shared_ptr<placed_memory> memory_near(const plan& with, unsigned cpu) {
  return std::make_shared<placed_memory>(with.pages, with.hardware().node_of_cpu(cpu), shared_bytes,
                                         false);
}

}  // namespace

std::vector<probe> round_trip_probes(const plan& with) {
  const machine& hardware = with.hardware();
  std::vector<probe> probes;
  for (const cpu_pair& pair : telling_pairs(hardware)) {
    const auto memory = memory_near(with, pair.first);
    const auto timed = std::make_shared<pace>(joint_go(with), 32);
    const auto pass = [&hardware, memory, timed, pair] {
      return (*timed)([&](std::size_t rounds) {
        return round_trip(hardware, pair.first, pair.second, memory->data(), rounds);
      });
    };
    probes.push_back({part::cores,
                      {.series = pair.shares,
                       .from = pair.first,
                       .to = pair.second,
                       .not_measured = memory->refusal()},
                      better::lower,
                      pass});
  }
  if (probes.empty()) {
    probes.push_back({part::cores, {.series = "machine", .not_measured = "there is one CPU"}});
  }
  return probes;
}

std::vector<probe> interference_probes(const plan& with) {
  const machine& hardware = with.hardware();
  const std::vector<cpu_pair> cores = nearest_cores(hardware);
  if (cores.empty()) {
    return {{part::interference,
             {.series = "increment", .not_measured = "no two CPUs are of different cores"}}};
  }
  const cpu_pair& pair = cores.front();
  const auto memory = memory_near(with, pair.first);
  std::vector<probe> probes;
  for (const std::size_t distance : {8U, 16U, 32U, 64U, 128U, 256U, 4096U}) {
    const auto timed = std::make_shared<pace>(joint_go(with), 32);
    const auto pass = [&hardware, memory, timed, pair, distance] {
      return (*timed)([&](std::size_t times) {
        return increments_apart(hardware, pair.first, pair.second, memory->data(), distance, times);
      });
    };
    probes.push_back({part::interference,
                      {.series = "increment",
                       .bytes = distance,
                       .from = pair.first,
                       .to = pair.second,
                       .not_measured = memory->refusal()},
                      better::lower,
                      pass});
  }
  return probes;
}

std::vector<probe> page_probes(const plan& with) {
  const machine& hardware = with.hardware();
  std::vector<probe> probes;
  for (const node_id node : nodes_with_memory(hardware)) {
    const numa_node* const where = hardware.find(node);
    if (where == nullptr || where->cpus.empty()) continue;
    const unsigned cpu = one_cpu_a_core(hardware, node).front();
    for (const bool huge : {false, true}) {
      const std::string refusal =
          huge && hardware.limits().huge_pages == "never" ? "transparent huge pages are off" : "";
      const auto costs = std::make_shared<page_costs>(
          with.pages.calls(), node, affordable(hardware, node, with.how.page_bytes), huge);
      for (const page_work what :
           {page_work::first_touch, page_work::populate, page_work::purge, page_work::reuse}) {
        const auto pass = [&hardware, costs, what, cpu]() -> std::optional<double> {
          const pinned_thread pin(hardware, cpu_set({cpu}));
          if (!pin) return std::nullopt;
          return costs->pass(what);
        };
        probes.push_back(
            {part::pages,
             {.series = std::string(to_string(what)) + (huge ? "_huge_pages" : "_small_pages"),
              .bytes = costs->bytes(),
              .from = to_number(node),
              .to = to_number(node),
              .not_measured = refusal},
             better::lower,
             pass});
      }
    }
    break;
  }
  if (probes.empty()) {
    probes.push_back({part::pages,
                      {.series = "first_touch_small_pages",
                       .not_measured = "no node has both CPUs and memory"}});
  }
  return probes;
}

std::vector<probe> path_probes(const plan& with) {
  const machine& hardware = with.hardware();
  const auto paths = std::make_shared<allocator_paths>();
  const std::vector<cpu_pair> cores = nearest_cores(hardware);
  std::vector<probe> probes;
  for (const allocator_path what : {allocator_path::slab_pair, allocator_path::shared_pair,
                                    allocator_path::bump, allocator_path::remote_free}) {
    const bool remote = what == allocator_path::remote_free;
    const std::string refusal = remote && cores.empty() ? "no two CPUs are of different cores" : "";
    const unsigned own = cores.empty() ? 0 : cores.front().first;
    const unsigned other = cores.empty() ? 0 : cores.front().second;
    const auto timed = std::make_shared<pace>(with.how.go_nanoseconds);
    const bool pinned = !cores.empty();
    const auto pass = [&hardware, paths, timed, what, own, other,
                       pinned]() -> std::optional<double> {
      const pinned_thread pin(hardware, cpu_set({own}));
      if (pinned && !pin) return std::nullopt;
      return (*timed)([&](std::size_t times) { return paths->pass(what, times, hardware, other); });
    };
    probes.push_back({part::paths,
                      {.series = std::string(to_string(what)), .not_measured = refusal},
                      better::lower,
                      pass});
  }
  return probes;
}

}  // namespace nearmem::measure
