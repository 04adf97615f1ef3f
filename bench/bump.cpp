// Small objects of mixed sizes out of an arena that is then taken back whole.

#include <array>
#include <cstddef>
#include <memory_resource>
#include <random>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include <nearmem/alloc/arena.hpp>
#include <nearmem/alloc/arena_resource.hpp>

namespace nearmem::bench {
namespace {

class arena_contender {
 public:
  void* allocate(std::size_t bytes) { return arena_.allocate_aligned(bytes, 8); }
  void reset() { arena_.reset(); }

 private:
  arena arena_{arena_options(resource_options{}, std::size_t{256} << 20)};
};

class arena_pmr_contender {
 public:
  arena_pmr_contender() { asm volatile("" : "+r"(face_)); }
  void* allocate(std::size_t bytes) { return face_->allocate(bytes, 8); }
  void reset() { resource_.reset(); }

 private:
  arena_resource resource_{arena_options(resource_options{}, std::size_t{256} << 20)};
  std::pmr::memory_resource* face_ = &resource_;
};

// On a buffer that is large enough from the start, as its users who care do it.
class std_monotonic_contender {
 public:
  std_monotonic_contender() { asm volatile("" : "+r"(face_)); }
  void* allocate(std::size_t bytes) { return face_->allocate(bytes, 8); }
  void reset() { resource_.release(); }

 private:
  std::vector<std::byte> buffer_{std::size_t{96} << 20};
  std::pmr::monotonic_buffer_resource resource_{buffer_.data(), buffer_.size()};
  std::pmr::memory_resource* face_ = &resource_;
};

// The floor: a pointer that moves through one block, which is large enough; no books.
class floor_contender {
 public:
  void* allocate(std::size_t bytes) {
    next_ = (next_ + 7) & ~std::size_t{7};
    void* block = buffer_.data() + next_;
    next_ += bytes;
    return block;
  }
  void reset() { next_ = 0; }

 private:
  std::vector<std::byte> buffer_{std::size_t{96} << 20};
  std::size_t next_ = 0;
};

template <class Contender>
void bump(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  std::mt19937_64 random(7);
  std::array<std::size_t, 4096> sizes;
  for (std::size_t& bytes : sizes)
    bytes = 8 + random() % 121;
  Contender contender;
  for (auto _ : state) {
    for (std::size_t i = 0; i < count; ++i) {
      auto* object = static_cast<std::byte*>(contender.allocate(sizes[i % sizes.size()]));
      *object = std::byte{1};
      benchmark::ClobberMemory();
    }
    contender.reset();
  }
  state.counters["per_object"] =
      benchmark::Counter(static_cast<double>(count), benchmark::Counter::kIsIterationInvariantRate |
                                                         benchmark::Counter::kInvert);
}

template <class Contender>
void add(const std::string& name) {
  benchmark::RegisterBenchmark(("bump/" + name).c_str(), bump<Contender>)
      ->Arg(1000)
      ->Arg(1'000'000)
      ->Unit(benchmark::kMicrosecond);
}

[[maybe_unused]] const bool registered = [] {
  add<arena_contender>("arena");
  add<arena_pmr_contender>("arena_resource_pmr");
  add<std_monotonic_contender>("std_monotonic");
  add<floor_contender>("floor_bump");
  return true;
}();

}  // namespace
}  // namespace nearmem::bench
