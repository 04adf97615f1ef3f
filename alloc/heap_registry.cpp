#include <bit>
#include <cstdint>
#include <new>

#include <pthread.h>

#include <nearmem/alloc/heap_registry.hpp>

namespace nearmem {
namespace {

// Never destroyed: resources may end after everything else.
struct registry_state {
  std::mutex mutex;
  std::uint64_t free_slots = (std::uint64_t{1} << heap_slots::count) - 1;
  heap_owner* owners = nullptr;
};

registry_state& state() noexcept {
  alignas(registry_state) static std::byte room[sizeof(registry_state)];
  static registry_state* const one = new (room) registry_state;
  return *one;
}

// Where it has none, there is nothing of its source to lock around a fork.
bool process_has_pages() noexcept {
  try {
    page_source::process();
    return true;
  } catch (const std::bad_alloc&) {
    return false;
  }
}

// Outlives the thread's record: of trivial type, so that it can be read until the thread is gone.
constinit thread_local bool has_ended = false;

}  // namespace

constinit thread_local heap_slots heap_slots::mine{};

// Of one thread, to its end.
struct heap_registry::thread {
  thread() noexcept = default;
  thread(const thread&) = delete;
  thread& operator=(const thread&) = delete;
  ~thread() {
    const std::lock_guard lock(mutex());
    has_ended = true;
    while (owned_heap* const heap = heaps) {
      delist(*heap);
      heap->owner.end_heap(*heap);
    }
  }

  void put_first(owned_heap& heap) noexcept {
    heap.next_ = heaps;
    heap.link_ = &heaps;
    if (heaps != nullptr) heaps->link_ = &heap.next_;
    heaps = &heap;
  }
  static void take_out(owned_heap& heap) noexcept {
    *heap.link_ = heap.next_;
    if (heap.next_ != nullptr) heap.next_->link_ = heap.link_;
  }

  static thread& mine() noexcept {
    static thread_local thread one;
    return one;
  }

  owned_heap* heaps = nullptr;
};

std::mutex& heap_registry::mutex() noexcept {
  return state().mutex;
}

owned_heap* heap_registry::find(const heap_owner& owner) noexcept {
  if (has_ended) return nullptr;
  thread& mine = thread::mine();
  owned_heap* found = mine.heaps;
  while (found != nullptr && &found->owner != &owner)
    found = found->next_;
  if (found != nullptr && found != mine.heaps) {
    thread::take_out(*found);
    mine.put_first(*found);
  }
  return found;
}

std::size_t heap_registry::enlist(heap_owner& owner) noexcept {
  // After those of the page source, so that a fork takes this lock first: it is taken first
  // everywhere.
  static const bool fork_safe = [] {
    static_cast<void>(process_has_pages());
    ::pthread_atfork(
        [] {
          state().mutex.lock();
          for (heap_owner* at = state().owners; at != nullptr; at = at->next_)
            at->lock_for_fork();
        },
        [] {
          for (heap_owner* at = state().owners; at != nullptr; at = at->next_)
            at->unlock_after_fork();
          state().mutex.unlock();
        },
        [] {
          const void* const survivor = has_ended ? nullptr : &thread::mine();
          for (heap_owner* at = state().owners; at != nullptr; at = at->next_) {
            for (owned_heap* heap = at->heaps(); heap != nullptr; heap = heap->next_of_owner) {
              if (heap->thread_ != survivor) heap->thread_ = nullptr;
            }
            at->unlock_after_fork();
          }
          state().mutex.unlock();
        });
    return true;
  }();
  static_cast<void>(fork_safe);

  registry_state& registry = state();
  owner.next_ = registry.owners;
  owner.link_ = &registry.owners;
  if (owner.next_ != nullptr) owner.next_->link_ = &owner.next_;
  registry.owners = &owner;
  owner.slot_ = heap_slots::none;
  if (registry.free_slots != 0) {
    owner.slot_ = static_cast<std::size_t>(std::countr_zero(registry.free_slots));
    registry.free_slots &= registry.free_slots - 1;
  }
  return owner.slot_;
}

void heap_registry::delist(heap_owner& owner) noexcept {
  *owner.link_ = owner.next_;
  if (owner.next_ != nullptr) owner.next_->link_ = owner.link_;
  if (owner.slot_ != heap_slots::none) state().free_slots |= std::uint64_t{1} << owner.slot_;
}

bool heap_registry::enlist(owned_heap& heap) noexcept {
  if (has_ended) return false;
  thread& mine = thread::mine();
  mine.put_first(heap);
  heap.thread_ = &mine;
  heap.slots_ = &heap_slots::mine;
  heap_slots::mine.set(heap.owner.slot_, heap);
  return true;
}

void heap_registry::delist(owned_heap& heap) noexcept {
  if (heap.thread_ == nullptr) return;
  heap.slots_->set(heap.owner.slot_, no_heap);
  thread::take_out(heap);
  heap.thread_ = nullptr;
}

}  // namespace nearmem
