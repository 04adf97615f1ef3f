#pragma once

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include <nearmem/accounting/budget.hpp>

namespace nearmem {

// A budget's reclaim callback and whether it runs. Private to accounting. It outlives its budget
// as long as a round of admit() or poll() looks at it.
//
// Invariant: the callback runs on at most one thread, and none once close() has returned.
// Thread rule: any.
class budget_reclaimer {
 public:
  // Runs it, unless there is none or it runs already. Passes on what it throws.
  void run(std::size_t bytes, std::optional<node_id> node);
  // Replaces it; waits until the one before has ended, unless it is the caller itself.
  void set(std::shared_ptr<const budget::reclaim_callback> callback);
  // Takes it away for good, at its budget's end. Ends the process if it is the caller.
  void close() noexcept;
  bool empty() const;

  // Around a fork: between the two nothing changes. In the child a callback that ran on another
  // thread runs no more, as that thread is not there.
  void lock_for_fork() noexcept { mutex_.lock(); }
  void unlock_after_fork(bool in_child) noexcept;

 private:
  mutable std::mutex mutex_;
  std::condition_variable idle_;
  std::shared_ptr<const budget::reclaim_callback> callback_;
  bool running_ = false;
  std::thread::id running_on_;
};

}  // namespace nearmem
