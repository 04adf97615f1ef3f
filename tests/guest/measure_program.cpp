// The matrices of `nearmem measure`, a pass or two of each cell, in a guest of script/numa-guest
// --meter: each cell is counted as a phase of its own, of which measure_test.py knows the number.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <utility>
#include <vector>

#include <nearmem/alloc/page_source.hpp>

#include "run_in_step.hpp"
#include "tools/kernels/stopwatch.hpp"
#include "tools/measure/memory_probes.hpp"

namespace nearmem::measure {
namespace {

constexpr std::size_t most_nodes = 8;

template <std::size_t... Phases>
constexpr auto begin_functions(std::index_sequence<Phases...>) {
  return std::array<void (*)() noexcept, sizeof...(Phases)>{
      &meter::begin<static_cast<std::uint32_t>(Phases)>...};
}

constexpr auto begin_phase =
    begin_functions(std::make_index_sequence<2 * most_nodes * most_nodes>());

// Phase 8 * from + to of latencies, 64 more of bandwidths.
class marking_observer final : public cell_observer {
 public:
  void begins(part what, unsigned from, unsigned to) override {
    const std::size_t matrix = what == part::bandwidth ? most_nodes * most_nodes : 0;
    begin_phase[matrix + most_nodes * from + to]();
  }
  void ends() override { meter::end(); }
};

int run() {
  marking_observer observer;
  plan with{.pages = page_source::process(), .observer = &observer};
  with.how.node_footprint = with.how.stream_bytes = page_source::chunk_bytes;
  with.how.go_nanoseconds = 1e6;
  std::vector<probe> probes = node_latency_probes(with);
  std::vector<probe> more = bandwidth_probes(with);
  for (probe& each : more)
    probes.push_back(std::move(each));
  // To find the clock's function takes the loader some hundred accesses, once.
  static_cast<void>(nanoseconds_of([] {}));
  meter::exclude_loaded_files();
  meter::exclude_frames_of_main_thread();
  for (const probe& each : probes) {
    if (!each.what.not_measured.empty() || !each.pass()) {
      std::fprintf(stderr, "%s: %s\n", each.what.series.c_str(), each.what.not_measured.c_str());
      return 1;
    }
  }
  return 0;
}

}  // namespace
}  // namespace nearmem::measure

int main() {
  return nearmem::measure::run();
}
