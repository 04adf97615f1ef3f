// 512 headers read in turn, over and over, as a cache sees them: at strides that put them all into
// one of its sets (4,096), or spread them (4,160), and where ours come to lie: the first block out
// of each of 512 slabs.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include <nearmem/alloc/slab_cache.hpp>

namespace nearmem::bench {
namespace {

constexpr std::size_t headers = 512;

// Every header says where the next is: no load can begin before the one before has ended.
void read_in_turn(benchmark::State& state, const std::vector<void*>& places) {
  for (std::size_t i = 0; i < places.size(); ++i)
    *static_cast<void**>(places[i]) = places[(i + 1) % places.size()];
  void* at = places[0];
  for (auto _ : state) {
    for (std::size_t i = 0; i < places.size(); ++i)
      at = *static_cast<void**>(at);
    benchmark::DoNotOptimize(at);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(places.size()) * state.iterations());
}

void at_stride(benchmark::State& state, std::size_t stride) {
  std::vector<std::byte> memory(headers * stride + 4096);
  std::vector<void*> places;
  const auto start =
      (reinterpret_cast<std::uintptr_t>(memory.data()) + 4095) & ~std::uintptr_t{4095};
  for (std::size_t i = 0; i < headers; ++i)
    places.push_back(reinterpret_cast<void*>(start + i * stride));
  read_in_turn(state, places);
}

template <std::size_t Bytes>
void in_slabs(benchmark::State& state) {
  slab_cache<std::array<std::byte, Bytes>> cache;
  std::vector<void*> first;
  std::vector<void*> all;
  // The page source knows whose slab a block is in.
  std::map<const void*, bool> seen;
  while (first.size() < headers) {
    void* const block = cache.allocate();
    all.push_back(block);
    const void* const slab = page_source::process().owner_of(block);
    if (seen.emplace(slab, true).second) first.push_back(block);
  }
  read_in_turn(state, first);
  for (void* block : all)
    cache.deallocate(static_cast<std::array<std::byte, Bytes>*>(block));
}

[[maybe_unused]] const bool registered = [] {
  benchmark::RegisterBenchmark("colouring/stride_4096",
                               [](benchmark::State& state) { at_stride(state, 4096); });
  benchmark::RegisterBenchmark("colouring/floor_stride_4160",
                               [](benchmark::State& state) { at_stride(state, 4160); });
  benchmark::RegisterBenchmark("colouring/slab_cache_64", in_slabs<64>);
  benchmark::RegisterBenchmark("colouring/slab_cache_448", in_slabs<448>);
  benchmark::RegisterBenchmark("colouring/slab_cache_1024", in_slabs<1024>);
  benchmark::RegisterBenchmark("colouring/slab_cache_2048", in_slabs<2048>);
  return true;
}();

}  // namespace
}  // namespace nearmem::bench
