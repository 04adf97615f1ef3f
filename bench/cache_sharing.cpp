// False sharing that an allocator brings about, after Hoard's cache-thrash and cache-scratch: two
// threads write to small blocks of their own. Do they take longer than where these lie certainly
// apart? (One thread alone is no measure: two may be the two halves of one core.) Actively
// (thrash): the threads allocate side by side. Passively (scratch): one thread allocated for all
// and passed the blocks on; the threads free them and allocate their own.

#include <array>
#include <cstdint>
#include <string>

#include <benchmark/benchmark.h>

#include "bench/run_together.hpp"
#include "bench/sized_contenders.hpp"

namespace nearmem::bench {
namespace {

constexpr std::size_t threads = 2;
constexpr std::size_t bytes = 8;
constexpr std::size_t rounds = 200;
constexpr std::size_t writes = 20'000;

// One function for all, so that only where the block lies differs.
[[gnu::noinline]] void write_to(volatile std::uint64_t* block) {
  *block = 0;
  for (std::size_t i = 0; i < writes; ++i)
    *block = *block + i;
}

double write_apart() {
  return run_together(threads, [](std::size_t) {
    alignas(128) std::uint64_t block = 0;
    for (std::size_t round = 0; round < rounds; ++round)
      write_to(&block);
  });
}

template <class Contender>
double write_to_own(Contender& contender, bool passed_on) {
  std::array<void*, threads> given{};
  for (void*& block : given)
    block = passed_on ? contender.allocate(bytes) : nullptr;
  return run_together(threads, [&](std::size_t thread) {
    if (passed_on) contender.deallocate(given[thread], bytes);
    for (std::size_t round = 0; round < rounds; ++round) {
      void* const block = contender.allocate(bytes);
      write_to(static_cast<std::uint64_t*>(block));
      contender.deallocate(block, bytes);
    }
  });
}

template <class Contender>
void sharing(benchmark::State& state, bool passed_on) {
  Contender contender;
  double apart = 0;
  double together = 0;
  for (auto _ : state) {
    apart += write_apart();
    const double seconds = write_to_own(contender, passed_on);
    together += seconds;
    state.SetIterationTime(seconds);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(rounds * threads) * state.iterations());
  state.counters["slow_down"] = together / apart;
}

[[maybe_unused]] const bool registered = [] {
  for_each_shared_contender([]<class Contender>(const std::string& name) {
    benchmark::RegisterBenchmark(("cache_thrash/" + name).c_str(), [](benchmark::State& state) {
      sharing<Contender>(state, false);
    })->UseManualTime();
    benchmark::RegisterBenchmark(("cache_scratch/" + name).c_str(), [](benchmark::State& state) {
      sharing<Contender>(state, true);
    })->UseManualTime();
  });
  return true;
}();

}  // namespace
}  // namespace nearmem::bench
