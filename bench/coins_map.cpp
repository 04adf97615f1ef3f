// The coins cache of a full node as an allocator sees it: a hash map of a million entries under
// 36-byte keys, filled, searched, half erased and filled again.

#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <memory_resource>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

#include <benchmark/benchmark.h>

#include <nearmem/alloc/compat/core_pool.hpp>
#include <nearmem/alloc/resource_allocator.hpp>
#include <nearmem/alloc/unsynchronized_slab_resource.hpp>

#include "bench/resident.hpp"

namespace nearmem::bench {
namespace {

using key = std::array<std::uint32_t, 9>;

struct coin {
  std::uint64_t value = 0;
  std::array<std::byte, 40> script{};
};

struct hash_of_key {
  std::size_t operator()(const key& of) const noexcept {
    std::uint64_t half = 0;
    std::memcpy(&half, of.data(), sizeof half);
    return static_cast<std::size_t>(half ^ of[8]);
  }
};

template <class Allocator>
using map_on = std::unordered_map<key, coin, hash_of_key, std::equal_to<>, Allocator>;
using entry = std::pair<const key, coin>;

struct on_slabs {
  using map = map_on<resource_allocator<entry, unsynchronized_slab_resource>>;
  unsynchronized_slab_resource resource;
  map coins{&resource};
};
struct on_slabs_huge_pages {
  using map = map_on<resource_allocator<entry, unsynchronized_slab_resource>>;
  static resource_options options() {
    resource_options wanted;
    wanted.huge_pages = true;
    return wanted;
  }
  unsynchronized_slab_resource resource{options()};
  map coins{&resource};
};
struct on_slabs_pmr {
  using map = map_on<std::pmr::polymorphic_allocator<entry>>;
  unsynchronized_slab_resource resource;
  map coins{&resource};
};
struct on_core_pool {
  using map = map_on<PoolAllocator<entry, 144, 8>>;
  PoolResource<144, 8> resource;
  map coins{&resource};
};
struct on_std_pool {
  using map = map_on<std::pmr::polymorphic_allocator<entry>>;
  std::pmr::unsynchronized_pool_resource resource;
  map coins{&resource};
};
struct on_new {
  using map = map_on<std::allocator<entry>>;
  map coins;
};

std::vector<key> make_keys(std::size_t count) {
  std::mt19937_64 random(7);
  std::vector<key> keys(count);
  for (key& each : keys) {
    for (std::uint32_t& word : each)
      word = static_cast<std::uint32_t>(random());
  }
  return keys;
}

template <class Contender>
void coins_map(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  const std::vector<key> keys = make_keys(count + count / 2);
  const std::vector<std::string> names = {"insert", "find", "erase", "reinsert", "clear"};
  std::vector<double> seconds(names.size());
  const resident_gauge gauge;
  for (auto _ : state) {
    auto contender = std::make_unique<Contender>();
    auto& coins = contender->coins;
    auto before = std::chrono::steady_clock::now();
    const auto lap = [&](std::size_t phase) {
      const auto now = std::chrono::steady_clock::now();
      seconds[phase] += std::chrono::duration<double>(now - before).count();
      before = now;
    };
    for (std::size_t i = 0; i < count; ++i)
      coins.emplace(keys[i], coin{i, {}});
    lap(0);
    gauge.note(state, "bytes_an_entry", count);
    before = std::chrono::steady_clock::now();
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < count; ++i)
      sum += coins.find(keys[i * 7919 % count])->second.value;
    benchmark::DoNotOptimize(sum);
    lap(1);
    for (std::size_t i = 0; i < count / 2; ++i)
      coins.erase(keys[i]);
    lap(2);
    gauge.note(state, "bytes_after_erase", count);
    before = std::chrono::steady_clock::now();
    for (std::size_t i = count; i < keys.size(); ++i)
      coins.emplace(keys[i], coin{i, {}});
    lap(3);
    coins.clear();
    lap(4);
    gauge.note(state, "bytes_after_clear", count);
    contender.reset();
  }
  state.SetItemsProcessed(state.range(0) * state.iterations());
  for (std::size_t i = 0; i < names.size(); ++i) {
    state.counters[names[i] + "_ns"] =
        seconds[i] * 1e9 / static_cast<double>(count) / static_cast<double>(state.iterations());
  }
}

template <class Contender>
void add(const std::string& name) {
  benchmark::RegisterBenchmark(("coins_map/" + name).c_str(), coins_map<Contender>)
      ->Arg(100'000)
      ->Arg(1'000'000)
      ->Unit(benchmark::kMillisecond);
}

[[maybe_unused]] const bool registered = [] {
  add<on_slabs>("slab_resource");
  add<on_slabs_huge_pages>("slab_resource_huge_pages");
  add<on_slabs_pmr>("slab_resource_pmr");
  add<on_core_pool>("core_pool");
  add<on_std_pool>("std_pool");
  add<on_new>("new");
  return true;
}();

}  // namespace
}  // namespace nearmem::bench
