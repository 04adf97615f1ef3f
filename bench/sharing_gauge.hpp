#pragma once

#include <algorithm>
#include <cstddef>

#include <benchmark/benchmark.h>

namespace nearmem::bench {

// Notes as counters, of a contender that counts it: allocations and releases for one lock that
// threads share, and blocks of others freed for one atomic operation on what others hold.
// Everything since the contender was made counts, so the first runs, which cut the slabs, too.
template <class Contender>
void note_sharing(benchmark::State& state, const Contender& contender, std::size_t pairs) {
  if constexpr (requires { contender.sharing(); }) {
    const auto per = [](std::size_t what, std::size_t times) {
      return static_cast<double>(what) / static_cast<double>(std::max<std::size_t>(times, 1));
    };
    const auto shared = contender.sharing();
    state.counters["calls_a_lock"] = per(2 * pairs, shared.locks);
    if (shared.remote_frees > 0) {
      state.counters["frees_an_atomic"] = per(shared.remote_frees, shared.remote_operations);
    }
  }
}

}  // namespace nearmem::bench
