#include "tools/kernels/core_pair.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <limits>

#include <sys/resource.h>

#include "tools/kernels/run_on_cpus.hpp"
#include "tools/kernels/stopwatch.hpp"

namespace nearmem::measure {
namespace {

using word = std::uint64_t;

// Threads that hardly ran at the same time did not disturb one another, whatever they share.
constexpr double least_overlap = 0.8;

// What an attempt first comes to: a number, or nothing; NaN where each of some few came to NaN.
template <class Attempt>
std::optional<double> first_of_tries(Attempt attempt) {
  constexpr int tries = 5;
  std::optional<double> found;
  for (int i = 0; i < tries; ++i) {
    found = attempt();
    if (!found || !std::isnan(*found)) break;
  }
  return found;
}

constexpr double came_to_nothing = std::numeric_limits<double>::quiet_NaN();

// How often the calling thread was made to leave its CPU to another so far.
long times_displaced() noexcept {
  rusage used{};
  getrusage(RUSAGE_THREAD, &used);
  return used.ru_nivcsw;
}

std::atomic_ref<word> word_at(std::byte* where) noexcept {
  return std::atomic_ref<word>(*reinterpret_cast<word*>(where));
}

}  // namespace

std::optional<double> round_trip(const machine& where, unsigned first, unsigned second,
                                 std::span<std::byte> memory, std::size_t rounds) {
  const std::array cpus = {first, second};
  const std::atomic_ref<word> ball = word_at(memory.data());
  return first_of_tries([&]() -> std::optional<double> {
    ball.store(0);
    std::array<double, 2> spent{};
    std::array<bool, 2> displaced{};
    const bool ran = run_on_cpus(where, cpus, [&](std::size_t index) {
      const long before = times_displaced();
      // The first writes odd numbers, the second the even ones behind them.
      spent[index] = nanoseconds_of([&] {
        for (word turn = 0; turn < rounds; ++turn) {
          if (index == 0) ball.store(2 * turn + 1, std::memory_order_release);
          const word awaited = index == 0 ? 2 * turn + 2 : 2 * turn + 1;
          while (ball.load(std::memory_order_acquire) != awaited) {
          }
          if (index == 1) ball.store(2 * turn + 2, std::memory_order_release);
        }
      });
      displaced[index] = times_displaced() != before;
    });
    if (!ran) return std::nullopt;
    // Who has no CPU lets the other wait for a whole slice.
    if (displaced[0] || displaced[1]) return came_to_nothing;
    return spent[0] / static_cast<double>(rounds);
  });
}

std::optional<double> increments_apart(const machine& where, unsigned first, unsigned second,
                                       std::span<std::byte> memory, std::size_t distance,
                                       std::size_t times) {
  constexpr std::size_t greetings = 50;
  const std::array cpus = {first, second};
  return first_of_tries([&]() -> std::optional<double> {
    std::array<time_span, 2> spans{};
    std::atomic<std::size_t> turn{0};
    const bool ran = run_on_cpus(where, cpus, [&](std::size_t index) {
      const std::atomic_ref<word> own = word_at(memory.data() + index * distance);
      // Both are running when they have answered each other often enough.
      for (std::size_t next = index; next < 2 * greetings; next += 2) {
        while (turn.load(std::memory_order_acquire) != next) {
        }
        turn.store(next + 1, std::memory_order_release);
      }
      spans[index] = span_of([&] {
        for (std::size_t done = 0; done < times; ++done)
          own.fetch_add(1, std::memory_order_relaxed);
      });
    });
    if (!ran) return std::nullopt;
    if (overlap(spans) < least_overlap) return came_to_nothing;
    return std::max(spans[0].nanoseconds(), spans[1].nanoseconds()) / static_cast<double>(times);
  });
}

}  // namespace nearmem::measure
