#pragma once

#include <chrono>
#include <cstddef>
#include <latch>
#include <thread>
#include <vector>

namespace nearmem::bench {

// Runs work(number) on `threads` threads of their own, which begin together; the seconds until the
// last has ended.
template <class Work>
double run_together(std::size_t threads, Work work) {
  std::latch ready(static_cast<std::ptrdiff_t>(threads) + 1);
  std::vector<std::thread> running;
  for (std::size_t number = 0; number < threads; ++number) {
    running.emplace_back([&ready, &work, number] {
      ready.arrive_and_wait();
      work(number);
    });
  }
  ready.arrive_and_wait();
  const auto begin = std::chrono::steady_clock::now();
  for (std::thread& thread : running)
    thread.join();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace nearmem::bench
