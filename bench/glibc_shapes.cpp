// The two shapes that glibc compares its malloc by. Simple: one thread allocates a number of blocks
// of one size and frees them in the order of their making. Thread: each thread replaces random
// blocks of a small working set, small sizes far more often than large ones.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "bench/block_sizes.hpp"
#include "bench/run_together.hpp"
#include "bench/sized_contenders.hpp"

namespace nearmem::bench {
namespace {

template <class Contender>
void glibc_simple(benchmark::State& state) {
  const auto bytes = static_cast<std::uint32_t>(state.range(0));
  Contender contender;
  std::array<void*, 1600> blocks{};
  for (auto _ : state) {
    for (const std::size_t count : {std::size_t{25}, std::size_t{100}, std::size_t{1600}}) {
      for (std::size_t i = 0; i < count; ++i)
        blocks[i] = contender.allocate(bytes);
      benchmark::ClobberMemory();
      for (std::size_t i = 0; i < count; ++i)
        contender.deallocate(blocks[i], bytes);
    }
  }
  state.SetItemsProcessed(1725 * state.iterations());
}

template <class Contender>
void glibc_thread(benchmark::State& state) {
  constexpr std::size_t slots = 1024;
  constexpr std::size_t steps = 200'000;
  const auto threads = static_cast<std::size_t>(state.range(0));
  // Inversely to the square of the size.
  std::vector<std::uint32_t> sizes = uniform_sizes(1, 65'536);
  for (std::uint32_t& bytes : sizes) {
    const double fraction = (bytes - 0.5) / 65'536;
    bytes = static_cast<std::uint32_t>(8 / (1 - fraction * (1 - 8.0 / 32'768)));
  }
  const std::vector<std::uint32_t> picks = random_picks(slots);
  struct block {
    void* data = nullptr;
    std::uint32_t bytes = 0;
  };
  Contender contender;
  for (auto _ : state) {
    state.SetIterationTime(run_together(threads, [&](std::size_t thread) {
      std::vector<block> working(slots);
      for (std::size_t i = 0; i < steps; ++i) {
        block& place = working[picks[(i + thread * 777) % drawn]];
        if (place.data != nullptr) contender.deallocate(place.data, place.bytes);
        place.bytes = sizes[(i + thread * 333) % drawn];
        place.data = contender.allocate(place.bytes);
      }
      for (const block& each : working) {
        if (each.data != nullptr) contender.deallocate(each.data, each.bytes);
      }
    }));
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(steps * threads) * state.iterations());
}

[[maybe_unused]] const bool registered = [] {
  for_each_sized_contender([]<class Contender>(const std::string& name) {
    benchmark::RegisterBenchmark(("glibc_simple/" + name).c_str(), glibc_simple<Contender>)
        ->Arg(64)
        ->Arg(1024);
  });
  for_each_shared_contender([]<class Contender>(const std::string& name) {
    benchmark::RegisterBenchmark(("glibc_thread/" + name).c_str(), glibc_thread<Contender>)
        ->Arg(2)
        ->UseManualTime();
  });
  return true;
}();

}  // namespace
}  // namespace nearmem::bench
