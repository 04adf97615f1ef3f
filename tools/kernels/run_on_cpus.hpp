#pragma once

#include <atomic>
#include <barrier>
#include <cstddef>
#include <span>
#include <thread>
#include <vector>

#include <nearmem/topology/machine.hpp>
#include <nearmem/topology/pinned_thread.hpp>

namespace nearmem::measure {

// Runs work(index) at once in one thread on each of these CPUs, all beginning together, and waits.
// False if some thread could not be run on its CPU; then nothing was done. Throws std::system_error
// where no thread can be made.
template <class Work>
bool run_on_cpus(const machine& where, std::span<const unsigned> cpus, Work work) {
  std::barrier ready(static_cast<std::ptrdiff_t>(cpus.size()));
  std::atomic<bool> all_pinned{true};
  {
    std::vector<std::jthread> threads;
    threads.reserve(cpus.size());
    for (std::size_t index = 0; index < cpus.size(); ++index) {
      threads.emplace_back([&, index] {
        const pinned_thread pin(where, cpu_set({cpus[index]}));
        if (!pin) all_pinned = false;
        ready.arrive_and_wait();
        if (all_pinned) work(index);
      });
    }
  }
  return all_pinned;
}

}  // namespace nearmem::measure
