#pragma once

#include <atomic>
#include <cstddef>
#include <span>
#include <thread>
#include <vector>

#include <nearmem/topology/machine.hpp>

namespace nearmem::measure {

// Threads that stream through memory for as long as it lives, one on each of some CPUs, each in a
// part of its own. is_running() is false if one could not be run on its CPU.
//
// Thread rule: one owner; the constructor returns when all are at work.
class background_load {
 public:
  background_load(const machine& where, std::span<const unsigned> cpus,
                  std::span<std::byte> memory);
  ~background_load();
  background_load(const background_load&) = delete;
  background_load& operator=(const background_load&) = delete;

  bool is_running() const noexcept { return !failed_; }

 private:
  std::atomic<bool> stop_{false};
  std::atomic<bool> failed_{false};
  std::atomic<std::size_t> at_work_{0};
  std::vector<std::jthread> threads_;
};

}  // namespace nearmem::measure
