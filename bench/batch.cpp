// A thousand blocks allocated, then freed in random order: more than the hottest few at once.

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "bench/contenders.hpp"

namespace nearmem::bench {
namespace {

template <class Contender>
void batch(benchmark::State& state) {
  constexpr std::size_t count = 1000;
  Contender contender;
  std::vector<void*> blocks(count);
  std::vector<std::uint32_t> order(count);
  for (std::uint32_t i = 0; i < count; ++i)
    order[i] = i;
  std::shuffle(order.begin(), order.end(), std::mt19937_64(7));
  for (auto _ : state) {
    for (void*& block : blocks) {
      block = contender.allocate();
      *static_cast<std::uint64_t*>(block) = 1;
    }
    for (const std::uint32_t i : order)
      contender.deallocate(blocks[i]);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(count) * state.iterations());
}

template <std::size_t Bytes>
void add() {
  for_each_contender<Bytes>([]<class Contender>(const std::string& name) {
    const std::string question = "batch_" + std::to_string(Bytes);
    benchmark::RegisterBenchmark((question + '/' + name).c_str(), batch<Contender>);
  });
}

[[maybe_unused]] const bool registered = [] {
  add<32>();
  add<64>();
  add<256>();
  return true;
}();

}  // namespace
}  // namespace nearmem::bench
