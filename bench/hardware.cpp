// What the hardware, the kernel and the library's hot paths cost, by the very functions that
// `nearmem measure` times: tools/kernels.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include <nearmem/alloc/page_source.hpp>
#include <nearmem/topology/machine.hpp>

#include "tools/kernels/allocator_paths.hpp"
#include "tools/kernels/core_pair.hpp"
#include "tools/kernels/joint_streaming.hpp"
#include "tools/kernels/page_costs.hpp"
#include "tools/kernels/placed_memory.hpp"
#include "tools/kernels/pointer_chase.hpp"

namespace nearmem::bench {
namespace {

using namespace measure;

constexpr std::size_t line = 64;

page_source& pages() {
  return page_source::process();
}

node_id first_node() {
  return pages().hardware().nodes().front().id;
}

std::vector<unsigned> cpus() {
  const cpu_set& all = pages().hardware().nodes().front().cpus;
  return {all.begin(), all.end()};
}

// Nanoseconds an operation, and how many of them a pass was.
void note(benchmark::State& state, const std::optional<double>& each, std::size_t times) {
  if (!each || std::isnan(*each)) {
    state.SkipWithError("a thread could not be run on its CPU beside the other");
    return;
  }
  state.SetIterationTime(*each * static_cast<double>(times) * 1e-9);
}

void count(benchmark::State& state, std::size_t times) {
  state.SetItemsProcessed(static_cast<std::int64_t>(times) * state.iterations());
}

void chase(benchmark::State& state, bool huge_pages) {
  constexpr std::size_t loads = 10'000;
  const auto bytes = static_cast<std::size_t>(state.range(0));
  const placed_memory memory(pages(), first_node(), bytes, huge_pages);
  if (!memory.refusal().empty()) return state.SkipWithError(memory.refusal().c_str());
  pointer_chase loop(memory.data(), line, 1);
  loop.warm();
  for (auto _ : state)
    note(state, loop.pass(loads), loads);
  count(state, loads);
}

void streams(benchmark::State& state, streaming what) {
  constexpr std::size_t bytes = std::size_t{64} << 20;
  const placed_memory memory(pages(), first_node(), bytes, true);
  if (!memory.refusal().empty()) return state.SkipWithError(memory.refusal().c_str());
  const std::size_t moved = what == streaming::copy ? bytes / 2 : bytes;
  for (auto _ : state) {
    const std::optional<double> rate =
        joint_bandwidth(pages().hardware(), cpus(), what, memory.data());
    if (!rate) return state.SkipWithError("a thread could not be run on its CPU");
    state.SetIterationTime(static_cast<double>(moved) / (*rate * (1 << 20)));
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(moved) * state.iterations());
}

void trips(benchmark::State& state) {
  constexpr std::size_t rounds = 1'000;
  const std::vector<unsigned> all = cpus();
  if (all.size() < 2) return state.SkipWithError("there is one CPU");
  const placed_memory memory(pages(), first_node(), 8192, false);
  for (auto _ : state) {
    note(state, round_trip(pages().hardware(), all[0], all[1], memory.data(), rounds), rounds);
  }
  count(state, rounds);
}

void apart(benchmark::State& state) {
  constexpr std::size_t times = 20'000;
  const std::vector<unsigned> all = cpus();
  if (all.size() < 2) return state.SkipWithError("there is one CPU");
  const placed_memory memory(pages(), first_node(), 8192, false);
  const auto distance = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) {
    std::optional<double> each;
    // NaN: others kept the two from running at the same time.
    for (int tries = 0; tries < 50 && (!each || std::isnan(*each)); ++tries)
      each = increments_apart(pages().hardware(), all[0], all[1], memory.data(), distance, times);
    note(state, each, times);
  }
  count(state, times);
}

void fresh_pages(benchmark::State& state, page_work what, bool huge_pages) {
  page_costs costs(pages().calls(), first_node(), std::size_t{8} << 20, huge_pages);
  const std::size_t units = costs.bytes() / 4096;
  for (auto _ : state)
    note(state, costs.pass(what), units);
  count(state, units);
}

void path(benchmark::State& state, allocator_path what) {
  constexpr std::size_t times = 100'000;
  allocator_paths paths;
  for (auto _ : state)
    note(state, paths.pass(what, times, pages().hardware(), cpus().back()), times);
  count(state, times);
}

template <class Function>
benchmark::internal::Benchmark* enlist(const std::string& name, Function function) {
  return benchmark::RegisterBenchmark(("hardware_" + name + "/here").c_str(), function)
      ->UseManualTime();
}

[[maybe_unused]] const bool registered = [] {
  for (const bool huge : {false, true}) {
    const std::string size = huge ? "_huge_pages" : "_small_pages";
    enlist("chase" + size, [huge](benchmark::State& state) { chase(state, huge); })
        ->RangeMultiplier(8)
        ->Range(4096, 64 << 20);
    for (const page_work what :
         {page_work::first_touch, page_work::populate, page_work::purge, page_work::reuse}) {
      enlist(std::string(to_string(what)) + size,
             [what, huge](benchmark::State& state) { fresh_pages(state, what, huge); });
    }
  }
  for (const streaming what : {streaming::read, streaming::write, streaming::copy}) {
    enlist(std::string(to_string(what)), [what](benchmark::State& state) { streams(state, what); });
  }
  enlist("round_trip", trips);
  enlist("increments_apart", apart)->Arg(8)->Arg(64)->Arg(128)->Arg(4096);
  for (const allocator_path what : {allocator_path::slab_pair, allocator_path::shared_pair,
                                    allocator_path::bump, allocator_path::remote_free}) {
    enlist(std::string(to_string(what)), [what](benchmark::State& state) { path(state, what); });
  }
  return true;
}();

}  // namespace
}  // namespace nearmem::bench
