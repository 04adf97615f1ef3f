#pragma once

#include <atomic>
#include <cstddef>

namespace nearmem {

// Says whether a thread still lives, to those that outlive it.
//
//   thread ── its own token ──┐
//   things that remember it ──┴─► token { alive_, references_ }    freed by the last of them
//
// Thread rule: any.
class thread_token {
 public:
  // The calling thread's; nullptr where there is no memory for one, and once the thread's own
  // variables are being destroyed: then the thread counts as gone already.
  static thread_token* mine() noexcept;

  // False from the end of the thread on; what it wrote before is then visible.
  bool is_alive() const noexcept { return alive_.load(std::memory_order_acquire); }

  void hold() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
  void drop() noexcept;

 private:
  struct holder;

  thread_token() noexcept = default;

  std::atomic<bool> alive_{true};
  std::atomic<std::size_t> references_{1};
};

}  // namespace nearmem
