#pragma once

#include <cstddef>

#include <benchmark/benchmark.h>

#include <nearmem/topology/procfs.hpp>

namespace nearmem::bench {

// What a contender's blocks take of the machine: resident bytes beyond those there were when the
// process made its first gauge; later runs of a benchmark find what earlier ones did not give back.
// Means something where a process runs one benchmark alone, as script/bench has it.
class resident_gauge {
 public:
  resident_gauge() { before(); }
  // Resident bytes since then; 0 where the kernel does not say.
  double bytes() const {
    const auto now = static_cast<double>(process_resident_bytes().value_or(0));
    return now > before() ? now - before() : 0;
  }
  // Notes them as a counter, in relation to the bytes of the blocks that live.
  void note(benchmark::State& state, const char* counter, std::size_t live_bytes) const {
    state.counters[counter] = bytes() / static_cast<double>(live_bytes);
  }

 private:
  static double before() {
    static const auto bytes = static_cast<double>(process_resident_bytes().value_or(0));
    return bytes;
  }
};

}  // namespace nearmem::bench
