// Many blocks allocated in turn, then all freed in random order, over and over: how an allocator
// stands cold cells. A list through the cells takes a miss for each that it hands out again.

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "bench/contenders.hpp"

namespace nearmem::bench {
namespace {

template <class Contender>
void deep(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  Contender contender;
  std::vector<void*> blocks(count);
  std::vector<std::uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0U);
  std::shuffle(order.begin(), order.end(), std::mt19937_64(7));
  const auto wave = [&] {
    for (void*& block : blocks) {
      block = contender.allocate();
      *static_cast<std::uint64_t*>(block) = 1;
    }
    for (const std::uint32_t i : order)
      contender.deallocate(blocks[i]);
  };
  for (int warming = 0; warming < 4; ++warming)
    wave();
  for (auto _ : state)
    wave();
  state.SetItemsProcessed(state.range(0) * state.iterations());
}

[[maybe_unused]] const bool registered = [] {
  for_each_contender<64>([]<class Contender>(const std::string& name) {
    benchmark::RegisterBenchmark(("deep/" + name).c_str(), deep<Contender>)
        ->Arg(1000)
        ->Arg(300'000)
        ->Unit(benchmark::kMicrosecond);
  });
  return true;
}();

}  // namespace
}  // namespace nearmem::bench
