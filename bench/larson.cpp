// A server, after Larson and Krishnan: each thread replaces random blocks of its own slots for a
// while, then ends, and a new thread goes on with the slots of another. So most frees are a
// thread's own, some are of what a thread left that is gone.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include "bench/block_sizes.hpp"
#include "bench/run_together.hpp"
#include "bench/sharing_gauge.hpp"
#include "bench/sized_contenders.hpp"

namespace nearmem::bench {
namespace {

constexpr std::size_t slots = 5000;
constexpr std::size_t steps = 250'000;  // of a thread's life

struct block {
  void* data = nullptr;
  std::uint32_t bytes = 0;
};

template <class Contender>
void larson(benchmark::State& state) {
  const auto threads = static_cast<std::size_t>(state.range(0));
  const std::vector<std::uint32_t> sizes = uniform_sizes(10, 500);
  const std::vector<std::uint32_t> picks = random_picks(slots);
  Contender contender;
  std::vector<std::vector<block>> owned(threads);
  for (std::vector<block>& slots_of_one : owned) {
    for (std::size_t i = 0; i < slots; ++i)
      slots_of_one.push_back({contender.allocate(sizes[i % drawn]), sizes[i % drawn]});
  }
  std::size_t round = 0;
  for (auto _ : state) {
    ++round;
    state.SetIterationTime(run_together(threads, [&](std::size_t thread) {
      std::vector<block>& mine = owned[(thread + round) % threads];
      for (std::size_t i = 0; i < steps; ++i) {
        block& place = mine[picks[(i + thread * 777) % drawn]];
        contender.deallocate(place.data, place.bytes);
        place.bytes = sizes[(i + round) % drawn];
        place.data = contender.allocate(place.bytes);
        *static_cast<std::uint64_t*>(place.data) = i;
      }
    }));
  }
  for (const std::vector<block>& slots_of_one : owned) {
    for (const block& each : slots_of_one)
      contender.deallocate(each.data, each.bytes);
  }
  const auto pairs = static_cast<std::size_t>(state.iterations()) * steps * threads;
  state.SetItemsProcessed(static_cast<std::int64_t>(pairs));
  note_sharing(state, contender, pairs);
}

[[maybe_unused]] const bool registered = [] {
  for_each_shared_contender([]<class Contender>(const std::string& name) {
    benchmark::RegisterBenchmark(("larson/" + name).c_str(), larson<Contender>)
        ->Arg(2)
        ->UseManualTime();
  });
  return true;
}();

}  // namespace
}  // namespace nearmem::bench
