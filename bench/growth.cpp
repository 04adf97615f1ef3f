// A thousand to ten million live blocks, one of them replaced at random: what grows beyond the
// cache misses that every contender, and the floor, must pay? (How many threads grow:
// independent.cpp.)

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "bench/contenders.hpp"
#include "bench/resident.hpp"

namespace nearmem::bench {
namespace {

template <class Contender>
void growth(benchmark::State& state) {
  const auto live = static_cast<std::size_t>(state.range(0));
  std::mt19937_64 random(7);
  std::vector<std::uint32_t> picks(std::size_t{1} << 20);
  for (std::uint32_t& pick : picks)
    pick = static_cast<std::uint32_t>(random() % live);
  std::vector<void*> blocks(live);
  const resident_gauge gauge;
  Contender contender;
  for (void*& block : blocks) {
    block = contender.allocate();
    *static_cast<std::uint64_t*>(block) = 1;
  }
  gauge.note(state, "resident", live * 64);
  std::size_t i = 0;
  for (auto _ : state) {
    void*& block = blocks[picks[i++ % picks.size()]];
    contender.deallocate(block);
    benchmark::ClobberMemory();
    block = contender.allocate();
    *static_cast<std::uint64_t*>(block) = i;
  }
  state.SetItemsProcessed(state.iterations());
  for (void* block : blocks)
    contender.deallocate(block);
}

[[maybe_unused]] const bool registered = [] {
  for_each_contender<64>([]<class Contender>(const std::string& name) {
    benchmark::RegisterBenchmark(("growth/" + name).c_str(), growth<Contender>)
        ->RangeMultiplier(10)
        ->Range(1000, 10'000'000);
  });
  return true;
}();

}  // namespace
}  // namespace nearmem::bench
