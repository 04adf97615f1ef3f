// After rpmalloc's own benchmark: each thread allocates and frees in loops of different strides
// through its blocks, of linearly distributed sizes, and now and then hands a whole bundle to the
// next thread, which frees it.

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "bench/block_sizes.hpp"
#include "bench/run_together.hpp"
#include "bench/sized_contenders.hpp"

namespace nearmem::bench {
namespace {

constexpr std::size_t threads = 2;
constexpr std::size_t loops = 300;  // of each thread in an iteration
constexpr std::size_t blocks = 1000;
constexpr std::size_t bundle_blocks = 200;

struct block {
  void* data = nullptr;
  std::uint32_t bytes = 0;
};
struct bundle {
  std::array<block, bundle_blocks> held;
  bundle* next = nullptr;
};

// Given by one thread to another; taken all at once.
class inbox {
 public:
  void put(bundle* one) {
    one->next = first_.load(std::memory_order_relaxed);
    while (!first_.compare_exchange_weak(one->next, one, std::memory_order_release,
                                         std::memory_order_relaxed)) {
    }
  }
  template <class Contender>
  void empty(Contender& contender) {
    bundle* one = first_.exchange(nullptr, std::memory_order_acquire);
    while (one != nullptr) {
      const std::unique_ptr<bundle> done(one);
      for (const block& each : one->held)
        contender.deallocate(each.data, each.bytes);
      one = one->next;
    }
  }

 private:
  alignas(128) std::atomic<bundle*> first_{nullptr};
};

template <class Contender>
void rptest(benchmark::State& state) {
  const std::vector<std::uint32_t> sizes = uniform_sizes(16, 1000);
  Contender contender;
  std::array<inbox, threads> inboxes;
  for (auto _ : state) {
    state.SetIterationTime(run_together(threads, [&](std::size_t thread) {
      std::vector<block> mine(blocks);
      std::size_t next = thread * 333;
      const auto make = [&](block& place) {
        place.bytes = sizes[next++ % drawn];
        place.data = contender.allocate(place.bytes);
        *static_cast<std::uint64_t*>(place.data) = next;
      };
      for (block& place : mine)
        make(place);
      for (std::size_t loop = 0; loop < loops; ++loop) {
        const std::size_t stride = 1 + loop % 7;
        for (std::size_t i = loop % stride; i < blocks; i += stride * 3)
          contender.deallocate(mine[i].data, mine[i].bytes);
        for (std::size_t i = loop % stride; i < blocks; i += stride * 3)
          make(mine[i]);
        if (loop % 4 == 0) {
          auto given = std::make_unique<bundle>();
          for (block& place : given->held)
            make(place);
          inboxes[(thread + 1) % threads].put(given.release());
        }
        inboxes[thread].empty(contender);
      }
      for (const block& place : mine)
        contender.deallocate(place.data, place.bytes);
    }));
    for (inbox& each : inboxes)
      each.empty(contender);
  }
  std::size_t made = blocks;
  for (std::size_t loop = 0; loop < loops; ++loop) {
    const std::size_t stride = 1 + loop % 7;
    made += (blocks - loop % stride + stride * 3 - 1) / (stride * 3);
    if (loop % 4 == 0) made += bundle_blocks;
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(made * threads) * state.iterations());
}

[[maybe_unused]] const bool registered = [] {
  for_each_shared_contender([]<class Contender>(const std::string& name) {
    benchmark::RegisterBenchmark(("rptest/" + name).c_str(), rptest<Contender>)->UseManualTime();
  });
  return true;
}();

}  // namespace
}  // namespace nearmem::bench
