#include <condition_variable>
#include <mutex>

#include <nearmem/accounting/resource_registry.hpp>

namespace nearmem {
namespace {

// Neither is ever destroyed: things of static duration may end after any static here.
struct registry_lock {
  std::mutex mutex;
  std::condition_variable left;
};

registry_lock& shared() noexcept {
  alignas(registry_lock) static std::byte room[sizeof(registry_lock)];
  static registry_lock* const one = new (room) registry_lock;
  return *one;
}

}  // namespace

constinit resource_registry::entry* resource_registry::first = nullptr;
constinit resource_registry::entry* resource_registry::last = nullptr;

resource_registry::entry::entry(reportable& thing) noexcept : thing_(thing) {
  std::lock_guard lock(shared().mutex);
  before_ = last;
  (last == nullptr ? first : last->after_) = this;
  last = this;
}

resource_registry::entry::~entry() {
  std::unique_lock lock(shared().mutex);
  shared().left.wait(lock, [this] { return cursors_ == 0; });
  (before_ == nullptr ? first : before_->after_) = after_;
  (after_ == nullptr ? last : after_->before_) = before_;
}

// Requires the lock.
void resource_registry::release(entry& left) noexcept {
  if (--left.cursors_ == 0) shared().left.notify_all();
}

resource_registry::cursor::~cursor() {
  if (at_ == nullptr) return;
  std::lock_guard lock(shared().mutex);
  release(*at_);
}

reportable* resource_registry::cursor::next() noexcept {
  if (ended_) return nullptr;
  std::lock_guard lock(shared().mutex);
  entry* const after = at_ == nullptr ? first : at_->after_;
  if (at_ != nullptr) release(*at_);
  at_ = after;
  ended_ = after == nullptr;
  if (ended_) return nullptr;
  ++after->cursors_;
  return &after->thing_;
}

}  // namespace nearmem
