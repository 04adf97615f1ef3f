// A mempool's life as an allocator sees it: transactions come and go, four of five in the order in
// which they came. Then most are dropped at random and larger ones take their room: what is left of
// the small ones' slabs is memory that nobody uses. Time a replacement, and resident over live
// bytes of both states.

#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "bench/block_sizes.hpp"
#include "bench/resident.hpp"
#include "bench/sized_contenders.hpp"

namespace nearmem::bench {
namespace {

struct transaction {
  void* data = nullptr;
  std::uint32_t bytes = 0;
};

// The transactions that live, in a ring by age; those dropped at random leave holes.
template <class Contender>
class pool {
 public:
  // `ring` has room for all that may live and as many holes, and was there before the gauge.
  explicit pool(std::vector<transaction>& ring) : ring_(ring) {}
  ~pool() {
    for (transaction& each : ring_)
      drop(each);
  }

  void insert(std::uint32_t bytes) {
    transaction& place = ring_[newest_++ % ring_.size()];
    drop(place);
    place = {contender_.allocate(bytes), bytes};
    std::memset(place.data, 1, bytes);
    live_bytes_ += bytes;
  }
  void drop_oldest() {
    while (ring_[oldest_ % ring_.size()].data == nullptr)
      ++oldest_;
    drop(ring_[oldest_++ % ring_.size()]);
  }
  void drop_at_random(std::uint32_t pick) {
    std::size_t at = oldest_ + pick % (newest_ - oldest_);
    while (ring_[at % ring_.size()].data == nullptr)
      ++at;
    drop(ring_[at % ring_.size()]);
  }
  std::size_t live_bytes() const { return live_bytes_; }

 private:
  void drop(transaction& which) {
    if (which.data == nullptr) return;
    contender_.deallocate(which.data, which.bytes);
    live_bytes_ -= which.bytes;
    which = {};
  }

  Contender contender_;
  std::vector<transaction>& ring_;
  std::size_t oldest_ = 0;
  std::size_t newest_ = 0;
  std::size_t live_bytes_ = 0;
};

template <class Contender>
void mempool(benchmark::State& state) {
  const auto live = static_cast<std::size_t>(state.range(0));
  const std::vector<std::uint32_t> sizes = log_normal_sizes(365, 0.8);
  const std::vector<std::uint32_t> larger = log_normal_sizes(1100, 0.4);
  const std::vector<std::uint32_t> picks = random_picks(std::size_t{1} << 31);
  std::vector<transaction> ring(live * 2);
  const resident_gauge gauge;
  pool<Contender> transactions(ring);
  std::size_t i = 0;
  const auto replace = [&] {
    if (i % 5 == 0) {
      transactions.drop_at_random(picks[i % drawn]);
    } else {
      transactions.drop_oldest();
    }
    transactions.insert(sizes[i++ % drawn]);
  };
  for (; i < live; ++i)
    transactions.insert(sizes[i % drawn]);
  for (std::size_t warming = 0; warming < 2 * live; ++warming)
    replace();
  for (auto _ : state)
    replace();
  state.SetItemsProcessed(state.iterations());
  gauge.note(state, "resident", transactions.live_bytes());
  const std::size_t full = transactions.live_bytes();
  for (std::size_t dropped = 0; dropped < live / 4 * 3; ++dropped)
    transactions.drop_at_random(picks[dropped % drawn]);
  while (transactions.live_bytes() < full)
    transactions.insert(larger[i++ % drawn]);
  gauge.note(state, "resident_shifted", transactions.live_bytes());
}

[[maybe_unused]] const bool registered = [] {
  for_each_sized_contender([]<class Contender>(const std::string& name) {
    benchmark::RegisterBenchmark(("mempool/" + name).c_str(), mempool<Contender>)
        ->Arg(10'000)
        ->Arg(200'000)
        // Known beforehand, so that it runs once: what an earlier run left would be counted.
        ->Iterations(400'000);
  });
  return true;
}();

}  // namespace
}  // namespace nearmem::bench
