// Small objects of mixed sizes out of an arena that is then taken back whole: warm, again and again
// out of the same memory; and cold, out of an arena that is new.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "bench/arena_contenders.hpp"
#include "bench/block_sizes.hpp"
#include "bench/resident.hpp"

namespace nearmem::bench {
namespace {

template <class Contender>
std::size_t fill(Contender& contender, std::size_t count, const std::vector<std::uint32_t>& sizes) {
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < count; ++i) {
    auto* object = static_cast<std::byte*>(contender.allocate(sizes[i % drawn]));
    *object = std::byte{1};
    bytes += sizes[i % drawn];
    benchmark::ClobberMemory();
  }
  return bytes;
}

template <class Contender>
void warm(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  const std::vector<std::uint32_t> sizes = uniform_sizes(8, 128);
  Contender contender;
  fill(contender, count, sizes);
  contender.reset();
  for (auto _ : state) {
    fill(contender, count, sizes);
    contender.reset();
  }
  state.SetItemsProcessed(state.range(0) * state.iterations());
}

template <class Contender>
void cold(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  const std::vector<std::uint32_t> sizes = uniform_sizes(8, 128);
  const resident_gauge gauge;
  for (auto _ : state) {
    Contender contender;
    const std::size_t bytes = fill(contender, count, sizes);
    state.PauseTiming();
    gauge.note(state, "resident", bytes);
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.range(0) * state.iterations());
}

[[maybe_unused]] const bool registered = [] {
  for_each_arena_contender([]<class Contender>(const std::string& name) {
    benchmark::RegisterBenchmark(("bump_warm/" + name).c_str(), warm<Contender>)
        ->Arg(1000)
        ->Arg(1'000'000);
    benchmark::RegisterBenchmark(("bump_cold/" + name).c_str(), cold<Contender>)->Arg(1'000'000);
  });
  return true;
}();

}  // namespace
}  // namespace nearmem::bench
