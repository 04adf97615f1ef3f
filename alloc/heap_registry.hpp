#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <mutex>

#include <nearmem/alloc/thread_heap.hpp>
#include <nearmem/alloc/thread_storage.hpp>

namespace nearmem {

class heap_registry;
class heap_owner;

// A heap, its thread and its resource.
struct owned_heap : thread_heap {
  owned_heap(heap_owner& of, shared_slabs& shared, std::size_t place) noexcept
      : thread_heap(shared, place), owner(of) {}

  heap_owner& owner;
  owned_heap* next_of_owner = nullptr;  // as the owner links them

 private:
  friend class heap_registry;
  void* thread_ = nullptr;  // whose it is; nullptr where that thread did not survive a fork
  class heap_slots* slots_ = nullptr;  // of that thread
  owned_heap* next_ = nullptr;         // of the thread's others
  owned_heap** link_ = nullptr;
};

// A resource, as far as the ends of threads and forks concern it. All is called under the
// registry's lock.
class heap_owner {
 public:
  // The heap's thread ends: the heap is to be emptied and destroyed.
  virtual void end_heap(owned_heap& heap) noexcept = 0;
  // Around a fork: no other thread holds a lock of the resource between the two.
  virtual void lock_for_fork() noexcept = 0;
  virtual void unlock_after_fork() noexcept = 0;
  // In the child of a fork: its heaps.
  virtual owned_heap* heaps() noexcept = 0;

 protected:
  heap_owner() noexcept = default;
  ~heap_owner() = default;

 private:
  friend class heap_registry;
  std::size_t slot_ = 0;
  heap_owner* next_ = nullptr;
  heap_owner** link_ = nullptr;
};

// The heap of threads that have none.
inline constinit thread_heap no_heap;

// Where a thread finds its heaps: a word for each of the first resources of a process.
//
//   slots_  │ resource A: its heap │ resource B: no_heap │ ... │ of none: always no_heap │
//
// Thread rule: one thread, and who ends a resource, under the registry's lock.
class heap_slots {
 public:
  static constexpr std::size_t count = 48;
  static constexpr std::size_t none = count;  // of resources that came later, and of unused ones

  constexpr heap_slots() noexcept = default;

  // Where a slot lies, for at(). By the initial-exec model the distance from what the architecture
  // calls the thread pointer is the same in all threads, and one instruction finds what the usual
  // way takes three for.
  using place = std::ptrdiff_t;
#if NEARMEM_INITIAL_EXEC
  static place place_of(std::size_t slot) noexcept {
    return reinterpret_cast<const char*>(&mine.heaps_[slot]) - thread_pointer();
  }
  // The calling thread's heap at a place. O(1).
  static thread_heap& at(place slot) noexcept {
    const auto* word = reinterpret_cast<const std::atomic<thread_heap*>*>(thread_pointer() + slot);
    return *word->load(std::memory_order_relaxed);
  }
#else
  static place place_of(std::size_t slot) noexcept { return static_cast<place>(slot); }
  static thread_heap& at(place slot) noexcept {
    return *mine.heaps_[static_cast<std::size_t>(slot)].load(std::memory_order_relaxed);
  }
#endif

  void set(std::size_t slot, thread_heap& heap) noexcept {
    if (slot != none) heaps_[slot].store(&heap, std::memory_order_relaxed);
  }

  NEARMEM_THREAD_STORAGE static constinit thread_local heap_slots mine;

 private:
  static const char* thread_pointer() noexcept {
    return static_cast<const char*>(__builtin_thread_pointer());
  }

  struct word : std::atomic<thread_heap*> {
    constexpr word() noexcept : std::atomic<thread_heap*>(&no_heap) {}
  };

  std::array<word, count + 1> heaps_{};
};

// Which thread has which heaps: so that threads may end before resources and resources before
// threads.
//
//   slots ── bit for every slot of heap_slots that a living resource has
//   owners ─► resource ─► resource          those that had heaps
//   thread ── heaps of this thread ─► heap ─► heap
//
// Resources that find no slot have their heaps found by a walk along the thread's, the last one
// used first.
//
// Lock order: the registry's, then a resource's own. Thread rule: any.
class heap_registry {
 public:
  static std::mutex& mutex() noexcept;

  // The rest under the lock:
  // The calling thread's heap of `owner`, by a walk; nullptr if it has none.
  static owned_heap* find(const heap_owner& owner) noexcept;
  // Makes a resource known, and finds it a slot or heap_slots::none.
  static std::size_t enlist(heap_owner& owner) noexcept;
  static void delist(heap_owner& owner) noexcept;
  // Makes a heap the calling thread's; false if that thread is ending.
  static bool enlist(owned_heap& heap) noexcept;
  // Takes a heap from its thread.
  static void delist(owned_heap& heap) noexcept;

 private:
  struct thread;
};

}  // namespace nearmem
