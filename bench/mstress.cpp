// Stress after mimalloc's own test of the kind: threads keep a changing set of blocks, of which
// most are small and a few are large, free many soon and some late, and exchange some with one
// another.

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "bench/block_sizes.hpp"
#include "bench/run_together.hpp"
#include "bench/sized_contenders.hpp"

namespace nearmem::bench {
namespace {

constexpr std::size_t threads = 2;
constexpr std::size_t steps = 100'000;  // of each thread in an iteration
constexpr std::size_t exchanged = 1000;

// Its size stands in the block, so that whoever takes it can free it.
struct header {
  std::uint32_t bytes;
  std::uint32_t cookie;
};
constexpr std::uint32_t cookie = 0x5eed5eed;

template <class Contender>
header* make(Contender& contender, std::uint32_t bytes) {
  auto* const made = static_cast<header*>(contender.allocate(bytes));
  *made = {bytes, cookie};
  return made;
}
template <class Contender>
void end(Contender& contender, header* block) {
  if (block == nullptr) return;
  if (block->cookie != cookie) std::abort();
  contender.deallocate(block, block->bytes);
}

template <class Contender>
void mstress(benchmark::State& state) {
  // One of 512 is large.
  std::vector<std::uint32_t> sizes = mixed_sizes(16, 512);
  for (std::size_t i = 0; i < drawn; i += 512)
    sizes[i] = 100'000;
  const std::vector<std::uint32_t> picks = random_picks(exchanged);
  Contender contender;
  std::vector<std::atomic<header*>> market(exchanged);
  for (auto _ : state) {
    state.SetIterationTime(run_together(threads, [&](std::size_t thread) {
      std::vector<header*> kept;
      std::vector<header*> brief;
      for (std::size_t i = 0; i < steps; ++i) {
        const std::uint32_t pick = picks[(i + thread * 777) % drawn];
        header* const block = make(contender, sizes[(i + thread * 333) % drawn]);
        if (pick % 8 == 0) {
          end(contender, market[pick].exchange(block, std::memory_order_acq_rel));
        } else if (pick % 8 == 1) {
          kept.push_back(block);
        } else {
          brief.push_back(block);
        }
        if (brief.size() == 100) {
          for (header* each : brief)
            end(contender, each);
          brief.clear();
        }
      }
      for (header* each : brief)
        end(contender, each);
      for (header* each : kept)
        end(contender, each);
    }));
  }
  for (std::atomic<header*>& each : market)
    end(contender, each.load());
  state.SetItemsProcessed(static_cast<std::int64_t>(threads * steps) * state.iterations());
}

[[maybe_unused]] const bool registered = [] {
  for_each_shared_contender([]<class Contender>(const std::string& name) {
    benchmark::RegisterBenchmark(("mstress/" + name).c_str(), mstress<Contender>)->UseManualTime();
  });
  return true;
}();

}  // namespace
}  // namespace nearmem::bench
