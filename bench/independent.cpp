// Threads that have nothing to do with one another, each replacing blocks of mixed sizes of its
// own: what an allocator shares between them is what they lose.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "bench/block_sizes.hpp"
#include "bench/run_together.hpp"
#include "bench/sharing_gauge.hpp"
#include "bench/sized_contenders.hpp"

namespace nearmem::bench {
namespace {

constexpr std::size_t slots = 1000;
constexpr std::size_t steps = 200'000;  // of each thread in an iteration

struct block {
  void* data = nullptr;
  std::uint32_t bytes = 0;
};

template <class Contender>
void replace(Contender& contender, const std::vector<std::uint32_t>& sizes,
             const std::vector<std::uint32_t>& picks, std::size_t thread, std::size_t count) {
  std::vector<block> blocks(slots);
  for (std::size_t i = 0; i < count; ++i) {
    block& place = blocks[picks[(i + thread * 777) % drawn]];
    if (place.data != nullptr) contender.deallocate(place.data, place.bytes);
    place.bytes = sizes[(i + thread * 333) % drawn];
    place.data = contender.allocate(place.bytes);
    *static_cast<std::uint64_t*>(place.data) = i;
  }
  for (const block& each : blocks) {
    if (each.data != nullptr) contender.deallocate(each.data, each.bytes);
  }
}

template <class Contender>
void independent(benchmark::State& state) {
  const auto threads = static_cast<std::size_t>(state.range(0));
  const std::vector<std::uint32_t> sizes = mixed_sizes(8, 1024);
  const std::vector<std::uint32_t> picks = random_picks(slots);
  const std::size_t each = steps / (threads > 8 ? threads / 8 : 1);
  Contender contender;
  for (auto _ : state) {
    state.SetIterationTime(run_together(
        threads, [&](std::size_t thread) { replace(contender, sizes, picks, thread, each); }));
  }
  const auto pairs = static_cast<std::size_t>(state.iterations()) * each * threads;
  state.SetItemsProcessed(static_cast<std::int64_t>(pairs));
  note_sharing(state, contender, pairs);
}

[[maybe_unused]] const bool registered = [] {
  for_each_shared_contender([]<class Contender>(const std::string& name) {
    benchmark::RegisterBenchmark(("independent/" + name).c_str(), independent<Contender>)
        ->Arg(1)
        ->Arg(2)
        ->Arg(8)
        ->Arg(64)
        ->UseManualTime();
  });
  return true;
}();

}  // namespace
}  // namespace nearmem::bench
