// One block allocated and freed at once, over and over: the length of the shortest path.

#include <string>

#include <benchmark/benchmark.h>

#include "bench/contenders.hpp"

namespace nearmem::bench {
namespace {

template <class Contender>
void pair(benchmark::State& state) {
  Contender contender;
  for (auto _ : state) {
    void* block = contender.allocate();
    benchmark::DoNotOptimize(block);
    benchmark::ClobberMemory();
    contender.deallocate(block);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations());
}

[[maybe_unused]] const bool registered = [] {
  for_each_contender<64>([]<class Contender>(const std::string& name) {
    benchmark::RegisterBenchmark(("pair/" + name).c_str(), pair<Contender>);
  });
  return true;
}();

}  // namespace
}  // namespace nearmem::bench
