#include <utility>

#include <nearmem/accounting/budget_reclaimer.hpp>
#include <nearmem/accounting/contract.hpp>

namespace nearmem {

void budget_reclaimer::run(std::size_t bytes, std::optional<node_id> node) {
  std::shared_ptr<const budget::reclaim_callback> callback;
  {
    std::lock_guard lock(mutex_);
    if (running_ || callback_ == nullptr) return;
    callback = callback_;  // kept alive even if it replaces itself
    running_ = true;
    running_on_ = std::this_thread::get_id();
  }
  struct ending {
    budget_reclaimer& one;
    ~ending() {
      {
        std::lock_guard lock(one.mutex_);
        one.running_ = false;
      }
      one.idle_.notify_all();
    }
  } end{*this};
  (*callback)(bytes, node);
}

void budget_reclaimer::set(std::shared_ptr<const budget::reclaim_callback> callback) {
  std::unique_lock lock(mutex_);
  if (running_on_ != std::this_thread::get_id()) {
    idle_.wait(lock, [this] { return !running_; });
  }
  callback_.swap(callback);
  lock.unlock();  // the one before is destroyed without the lock
}

void budget_reclaimer::close() noexcept {
  std::unique_lock lock(mutex_);
  if (running_ && running_on_ == std::this_thread::get_id()) {
    contract_violation("a budget was destroyed by its own reclaim callback");
  }
  idle_.wait(lock, [this] { return !running_; });
  std::shared_ptr<const budget::reclaim_callback> last;
  last.swap(callback_);
  lock.unlock();
}

void budget_reclaimer::unlock_after_fork(bool in_child) noexcept {
  if (in_child && running_on_ != std::this_thread::get_id()) running_ = false;
  mutex_.unlock();
}

bool budget_reclaimer::empty() const {
  std::lock_guard lock(mutex_);
  return callback_ == nullptr;
}

}  // namespace nearmem
