#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <latch>
#include <thread>
#include <vector>

namespace nearmem::bench {

// Runs work(number) on `threads` threads of their own, which begin together; the seconds from where
// the first began until the last had ended, by their own clocks: who started them may sleep longer.
template <class Work>
double run_together(std::size_t threads, Work work) {
  struct span {
    std::chrono::steady_clock::time_point begin;
    std::chrono::steady_clock::time_point end;
  };
  std::latch ready(static_cast<std::ptrdiff_t>(threads));
  std::vector<span> spans(threads);
  std::vector<std::thread> running;
  for (std::size_t number = 0; number < threads; ++number) {
    running.emplace_back([&, number] {
      ready.count_down();
      // Who sleeps here would begin when it is woken, and find the others done.
      while (!ready.try_wait())
        std::this_thread::yield();
      spans[number].begin = std::chrono::steady_clock::now();
      work(number);
      spans[number].end = std::chrono::steady_clock::now();
    });
  }
  for (std::thread& thread : running)
    thread.join();
  const auto first = std::ranges::min_element(spans, {}, &span::begin);
  const auto last = std::ranges::max_element(spans, {}, &span::end);
  return std::chrono::duration<double>(last->end - first->begin).count();
}

}  // namespace nearmem::bench
