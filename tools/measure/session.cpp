#include "tools/measure/session.hpp"

#include <chrono>
#include <iterator>
#include <utility>
#include <vector>

#include <nearmem/topology/pinned_thread.hpp>

#include "tools/kernels/placed_memory.hpp"
#include "tools/kernels/spin.hpp"
#include "tools/measure/core_probes.hpp"
#include "tools/measure/memory_probes.hpp"
#include "tools/measure/verdicts.hpp"

namespace nearmem::measure {
namespace {

std::vector<probe> probes_of(part what, const plan& with) {
  switch (what) {
    case part::latency:
      return latency_probes(with);
    case part::nodes:
      return node_latency_probes(with);
    case part::bandwidth:
      return bandwidth_probes(with);
    case part::cores:
      return round_trip_probes(with);
    case part::interference:
      return interference_probes(with);
    case part::pages:
      return page_probes(with);
    case part::conflicts:
      return conflict_probes(with);
    case part::paths:
      return path_probes(with);
  }
  return {};
}

// Of memory that asks for them now, as the probes' does.
std::optional<double> huge_page_share(const plan& with) {
  const std::vector<node_id> nodes = nodes_with_memory(with.hardware());
  if (nodes.empty() || with.hardware().limits().huge_pages == "never") return std::nullopt;
  const placed_memory sample(with.pages, nodes.front(), 4 * page_source::chunk_bytes, true);
  if (!sample.refusal().empty()) return std::nullopt;
  return sample.huge_page_share();
}

double spin_on(const machine& hardware) {
  const std::vector<node_id> nodes = nodes_with_cpus(hardware);
  if (nodes.empty()) return spin(20);
  const pinned_thread pin(hardware, cpu_set({one_cpu_a_core(hardware, nodes.front()).front()}));
  return spin(20);
}

}  // namespace

report run_session(const plan& with, std::span<const part> parts,
                   const std::function<void(double)>& progress) {
  const machine& hardware = with.hardware();
  const auto begin = std::chrono::steady_clock::now();
  const cpu_time_meter meter;
  report result{.hardware = hardware};
  result.fingerprint = hardware.fingerprint();
  result.circumstances = look_around(hardware);
  result.circumstances.pace_before = spin_on(hardware);
  result.circumstances.huge_page_share = huge_page_share(with);
  {
    std::vector<probe> probes;
    for (const part each : parts) {
      std::vector<probe> own = probes_of(each, with);
      std::move(own.begin(), own.end(), std::back_inserter(probes));
    }
    rounds_run run = run_rounds(probes, with.how.rounds, with.how.seed, progress);
    result.rounds = run.rounds;
    result.parts = std::move(run.parts);
  }
  result.circumstances.pace_after = spin_on(hardware);
  meter.read(result.circumstances);
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  result.verdicts = judge(result);
  return result;
}

}  // namespace nearmem::measure
