// False sharing that an allocator brings about, after Hoard's cache-thrash and cache-scratch: each
// thread writes to small blocks of its own. Do two threads take longer than one for the same?
// Actively (thrash): the threads allocate side by side. Passively (scratch): one thread allocated
// for all and passed the blocks on; the threads free them and allocate their own.

#include <cstdint>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "bench/run_together.hpp"
#include "bench/sized_contenders.hpp"

namespace nearmem::bench {
namespace {

constexpr std::size_t bytes = 8;
constexpr std::size_t rounds = 200;
constexpr std::size_t writes = 20'000;

template <class Contender>
void write_to_own(Contender& contender) {
  for (std::size_t round = 0; round < rounds; ++round) {
    auto* const block = static_cast<volatile std::uint64_t*>(contender.allocate(bytes));
    *block = 0;
    for (std::size_t i = 0; i < writes; ++i)
      *block = *block + i;
    contender.deallocate(const_cast<std::uint64_t*>(block), bytes);
  }
}

template <class Contender>
void sharing(benchmark::State& state, bool passed_on) {
  Contender contender;
  double alone = 0;
  double together = 0;
  const auto measure = [&](std::size_t threads) {
    std::vector<void*> given(threads);
    for (void*& block : given)
      block = passed_on ? contender.allocate(bytes) : nullptr;
    return run_together(threads, [&](std::size_t thread) {
      if (passed_on) contender.deallocate(given[thread], bytes);
      write_to_own(contender);
    });
  };
  for (auto _ : state) {
    alone += measure(1);
    const double seconds = measure(2);
    together += seconds;
    state.SetIterationTime(seconds);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(rounds) * 2 * state.iterations());
  state.counters["slow_down"] = together / alone;
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
