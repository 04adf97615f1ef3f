// Many blocks live; a random one is freed and another allocated, again and again. What it costs is
// mostly what the program's own access to the block costs; an allocator adds cold lines of its own.

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "bench/contenders.hpp"

namespace nearmem::bench {
namespace {

template <class Contender>
void churn(benchmark::State& state) {
  const auto live = static_cast<std::size_t>(state.range(0));
  Contender contender;
  std::vector<void*> blocks(live);
  for (void*& block : blocks)
    block = contender.allocate();
  std::mt19937_64 random(7);
  // Drawn beforehand: the generator is not what is measured.
  std::vector<std::uint32_t> picks(1 << 20);
  for (std::uint32_t& pick : picks)
    pick = static_cast<std::uint32_t>(random() % live);
  std::size_t i = 0;
  for (auto _ : state) {
    void*& block = blocks[picks[i++ % picks.size()]];
    contender.deallocate(block);
    // A program does something here; without this the compiler sees that the block comes back.
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
    benchmark::RegisterBenchmark(("churn/" + name).c_str(), churn<Contender>)
        ->Arg(100'000)
        ->Arg(1'000'000);
  });
  return true;
}();

}  // namespace
}  // namespace nearmem::bench
