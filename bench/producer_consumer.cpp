// One thread allocates and writes, another reads and frees, in batches through a short queue: every
// free is of another thread's block. The shape of xmalloc-test.

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <benchmark/benchmark.h>

#include "bench/block_sizes.hpp"
#include "bench/run_together.hpp"
#include "bench/sharing_gauge.hpp"
#include "bench/sized_contenders.hpp"

namespace nearmem::bench {
namespace {

constexpr std::size_t batch_blocks = 120;
constexpr std::size_t batches = 4000;  // of an iteration

struct batch {
  std::array<void*, batch_blocks> data;
  std::array<std::uint32_t, batch_blocks> bytes;
};

// Waits for what the other thread does next. To yield at once would hand a busy machine's processor
// to strangers for a whole slice.
template <class Done>
void wait_until(Done done) {
  for (int turn = 0; !done(); ++turn) {
    if (turn % 4096 == 4095) std::this_thread::yield();
  }
}

// Adds up how long a thread worked between its waits.
class work_clock {
 public:
  template <class Work>
  void time(Work work) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    worked_ += std::chrono::steady_clock::now() - begin;
  }
  double seconds() const { return std::chrono::duration<double>(worked_).count(); }

 private:
  std::chrono::steady_clock::duration worked_{};
};

// For one who puts and one who takes.
class queue {
 public:
  batch& room() {
    wait_until([this] {
      return put_.load(std::memory_order_relaxed) - taken_.load(std::memory_order_acquire) < length;
    });
    return batches_[put_.load(std::memory_order_relaxed) % length];
  }
  void put() { put_.store(put_.load(std::memory_order_relaxed) + 1, std::memory_order_release); }

  const batch& next() {
    wait_until([this] {
      return put_.load(std::memory_order_acquire) != taken_.load(std::memory_order_relaxed);
    });
    return batches_[taken_.load(std::memory_order_relaxed) % length];
  }
  void take() {
    taken_.store(taken_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  }

 private:
  static constexpr std::size_t length = 32;
  alignas(128) std::atomic<std::size_t> put_{0};
  alignas(128) std::atomic<std::size_t> taken_{0};
  alignas(128) std::array<batch, length> batches_;
};

// The time of an iteration is that of the busier thread without its waits: what a pipeline takes
// where neither thread ever sleeps, measured also where they do.
template <class Contender>
void hand_over(benchmark::State& state, const std::vector<std::uint32_t>& sizes) {
  Contender contender;
  auto line = std::make_unique<queue>();
  for (auto _ : state) {
    std::array<double, 2> seconds{};
    run_together(2, [&](std::size_t thread) {
      work_clock clock;
      std::size_t drawn_now = 0;
      for (std::size_t count = 0; count < batches; ++count) {
        if (thread == 0) {
          batch& out = line->room();
          clock.time([&] {
            for (std::size_t i = 0; i < batch_blocks; ++i) {
              out.bytes[i] = sizes[drawn_now++ % drawn];
              out.data[i] = contender.allocate(out.bytes[i]);
              *static_cast<std::uint64_t*>(out.data[i]) = i;
            }
          });
          line->put();
        } else {
          const batch& in = line->next();
          clock.time([&] {
            for (std::size_t i = 0; i < batch_blocks; ++i) {
              benchmark::DoNotOptimize(*static_cast<const std::uint64_t*>(in.data[i]));
              contender.deallocate(in.data[i], in.bytes[i]);
            }
          });
          line->take();
        }
      }
      seconds[thread] = clock.seconds();
    });
    state.SetIterationTime(std::max(seconds[0], seconds[1]));
  }
  const auto pairs = static_cast<std::size_t>(state.iterations()) * batches * batch_blocks;
  state.SetItemsProcessed(static_cast<std::int64_t>(pairs));
  note_sharing(state, contender, pairs);
}

template <class Contender>
void producer_consumer_64(benchmark::State& state) {
  hand_over<Contender>(state, uniform_sizes(64, 64));
}
template <class Contender>
void producer_consumer_mixed(benchmark::State& state) {
  hand_over<Contender>(state, mixed_sizes(8, 1024));
}

[[maybe_unused]] const bool registered = [] {
  for_each_shared_contender([]<class Contender>(const std::string& name) {
    benchmark::RegisterBenchmark(("producer_consumer_64/" + name).c_str(),
                                 producer_consumer_64<Contender>)
        ->UseManualTime();
    benchmark::RegisterBenchmark(("producer_consumer_mixed/" + name).c_str(),
                                 producer_consumer_mixed<Contender>)
        ->UseManualTime();
  });
  return true;
}();

}  // namespace
}  // namespace nearmem::bench
