#include <condition_variable>
#include <mutex>
#include <new>

#include <pthread.h>

#include <nearmem/accounting/resource_registry.hpp>

namespace nearmem {
namespace {

struct registry_lock {
  std::mutex mutex;
  std::condition_variable left;
};

// Never destroyed: things of static duration may end after any static here.
registry_lock& shared() noexcept {
  alignas(registry_lock) static std::byte room[sizeof(registry_lock)];
  static registry_lock* const one = new (room) registry_lock;
  return *one;
}

}  // namespace

constinit resource_registry::entry* resource_registry::first = nullptr;
constinit resource_registry::entry* resource_registry::last = nullptr;
constinit resource_registry::cursor* resource_registry::first_cursor = nullptr;

// A fork while another thread holds the lock would leave it locked in the child for good.
const int resource_registry::fork_safe =
    ::pthread_atfork([] { shared().mutex.lock(); }, [] { shared().mutex.unlock(); },
                     [] {
                       drop_cursors_of_other_threads();
                       // Threads that waited are not there; what waits from now on needs one that
                       // knows of none.
                       new (&shared().left) std::condition_variable;
                       shared().mutex.unlock();
                     });

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

// Leaves where it stands, if anywhere, for `next` or for nowhere. Requires the lock.
void resource_registry::cursor::stand_on(entry* next) noexcept {
  if (at_ != nullptr) {
    if (--at_->cursors_ == 0) shared().left.notify_all();
    (before_ == nullptr ? first_cursor : before_->after_) = after_;
    if (after_ != nullptr) after_->before_ = before_;
  }
  at_ = next;
  if (at_ == nullptr) return;
  ++at_->cursors_;
  owner_ = std::this_thread::get_id();
  before_ = nullptr;
  after_ = first_cursor;
  if (after_ != nullptr) after_->before_ = this;
  first_cursor = this;
}

void resource_registry::drop_cursors_of_other_threads() noexcept {
  for (cursor* one = first_cursor; one != nullptr;) {
    cursor* const after = one->after_;
    if (one->owner_ != std::this_thread::get_id()) one->stand_on(nullptr);
    one = after;
  }
}

resource_registry::cursor::~cursor() {
  if (at_ == nullptr) return;
  std::lock_guard lock(shared().mutex);
  stand_on(nullptr);
}

reportable* resource_registry::cursor::next() noexcept {
  if (ended_) return nullptr;
  std::lock_guard lock(shared().mutex);
  entry* const after = at_ == nullptr ? first : at_->after_;
  stand_on(after);
  ended_ = after == nullptr;
  return ended_ ? nullptr : &after->thing_;
}

}  // namespace nearmem
