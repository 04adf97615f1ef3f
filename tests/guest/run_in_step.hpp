#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

#include <link.h>
#include <pthread.h>
#include <sched.h>

#include "meter_marks.hpp"

// The C library's: where the main thread's stack begins.
extern "C" void* __libc_stack_end;

namespace nearmem::meter {

inline constexpr std::size_t most_threads = 64;  // as many as the meter tells apart

// Leaves static data and code out of the count: programs and libraries as they were loaded.
inline void exclude_loaded_files() {
  const auto exclude_file = [](dl_phdr_info* file, std::size_t, void*) {
    std::uintptr_t begin = UINTPTR_MAX;
    std::uintptr_t end = 0;
    for (std::size_t i = 0; i < file->dlpi_phnum; ++i) {
      const auto& part = file->dlpi_phdr[i];
      if (part.p_type != PT_LOAD) continue;
      begin = std::min<std::uintptr_t>(begin, file->dlpi_addr + part.p_vaddr);
      end = std::max<std::uintptr_t>(end, file->dlpi_addr + part.p_vaddr + part.p_memsz);
    }
    if (begin < end) exclude(reinterpret_cast<const void*>(begin), end - begin);
    return 0;
  };
  ::dl_iterate_phdr(exclude_file, nullptr);
}

// Leaves the calling thread's stack out, and with it what is thread-local.
inline void exclude_own_stack() {
  pthread_attr_t attributes;
  if (::pthread_getattr_np(::pthread_self(), &attributes) != 0) return;
  void* begin = nullptr;
  std::size_t bytes = 0;
  ::pthread_attr_getstack(&attributes, &begin, &bytes);
  ::pthread_attr_destroy(&attributes);
  exclude(begin, bytes);
}

// Leaves out what the calling thread's frames use, and some room below them.
inline void exclude_frames_of_main_thread() {
  constexpr std::size_t below = 128 * 1024;
  const auto* const here = static_cast<const char*>(__builtin_frame_address(0));
  const auto* const top = static_cast<const char*>(__libc_stack_end);
  exclude(here - below, static_cast<std::size_t>(top - here) + below);
}

inline void run_only_on_cpu(unsigned cpu) {
  cpu_set_t only;
  CPU_ZERO(&only);
  CPU_SET(cpu, &only);
  ::sched_setaffinity(0, sizeof only, &only);
}

// What a thread of run_in_step() waits by.
class step {
 public:
  step(pthread_barrier_t& barrier, std::size_t index) noexcept : barrier_(barrier), index_(index) {}

  // Until all threads have come here.
  void wait() const noexcept { ::pthread_barrier_wait(&barrier_); }

  // What all threads do in here, and nothing else, is counted as phase `Phase`.
  template <std::uint32_t Phase, class Work>
  void count(Work work) const {
    wait();
    if (index_ == 0) begin<Phase>();
    wait();
    work();
    wait();
    if (index_ == 0) end();
    wait();
  }

 private:
  pthread_barrier_t& barrier_;
  std::size_t index_;
};

// Runs body(index, step) in a thread on each of `cpus`, and waits for all; for the main thread.
// What is counted in between are accesses to memory that was allocated: not to stacks, thread-local
// or static data.
template <class Body>
void run_in_step(const std::vector<unsigned>& cpus, Body body) {
  // Static, hence not counted.
  static pthread_barrier_t barrier;
  static pthread_barrier_t around;  // for the main thread too, which must do nothing in between
  const auto count = static_cast<unsigned>(cpus.size());
  ::pthread_barrier_init(&barrier, nullptr, count);
  ::pthread_barrier_init(&around, nullptr, count + 1);
  run_only_on_cpu(cpus.front());
  exclude_loaded_files();
  exclude_frames_of_main_thread();
  std::mutex one_at_a_time;
  std::vector<std::thread> threads;
  for (std::size_t index = 0; index < cpus.size(); ++index) {
    threads.emplace_back([&, index] {
      run_only_on_cpu(cpus[index]);
      {
        const std::lock_guard lock(one_at_a_time);
        exclude_own_stack();
      }
      ::pthread_barrier_wait(&around);
      body(index, step(barrier, index));
      ::pthread_barrier_wait(&around);
    });
  }
  ::pthread_barrier_wait(&around);
  ::pthread_barrier_wait(&around);
  for (std::thread& thread : threads)
    thread.join();
  ::pthread_barrier_destroy(&barrier);
  ::pthread_barrier_destroy(&around);
}

}  // namespace nearmem::meter
