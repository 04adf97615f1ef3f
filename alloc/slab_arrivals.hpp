#pragma once

#include <atomic>
#include <cstdint>

#include <nearmem/alloc/slab.hpp>

namespace nearmem {

// Slabs on their way to lists that are under a lock, each with the number of the list that it is to
// be on: who leaves one takes no lock, and who looks for one, under the lock, sorts them in.
//
//   front_ ─► slab ─► slab ─► nullptr        linked by next_, until they are on a list
//             arrival: waits │ number   ── take_all, pass ──►   arrival: number   ── forget ──►   0
//
// The arrival of a slab outlasts its wait: that it is not 0 tells who holds the slab that it waits
// here, or is on a list.
//
// Thread rule: add() and try_change() by who holds the slab's claim; has_come() too, or while no
// thread works; take_all(), pass(), forget() and is_on() by who holds the lock of the lists.
class slab_arrivals {
 public:
  // Requires a slab of no list that does not wait. Before its claim is given up: who claims it then
  // knows that it is here. Lock-free.
  void add(slab& what, std::uint16_t list) noexcept {
    what.arrival_.store(waits | list, std::memory_order_relaxed);
    slab* front = front_.load(std::memory_order_relaxed);
    do {
      what.next_ = front;
      // Pairs with take_all(), as do those of the slabs behind.
    } while (!front_.compare_exchange_weak(front, &what, std::memory_order_release,
                                           std::memory_order_relaxed));
  }
  // Has a slab that waits for one list go to another; false if it does not wait for that one.
  static bool try_change(slab& what, std::uint16_t from, std::uint16_t to) noexcept {
    std::uint16_t expected = waits | from;
    return what.arrival_.compare_exchange_strong(expected, waits | to, std::memory_order_relaxed);
  }
  // Whether a slab waits or has been taken, and was not forgotten since.
  static bool has_come(const slab& what) noexcept {
    return what.arrival_.load(std::memory_order_relaxed) != 0;
  }

  // Calls sort(slab, list) for each that waits, which then waits no longer. O(slabs).
  template <class Sort>
  void take_all(Sort sort) noexcept {
    slab* at = front_.load(std::memory_order_relaxed);
    if (at != nullptr) at = front_.exchange(nullptr, std::memory_order_acquire);
    while (at != nullptr) {
      slab& one = *at;
      at = one.next_;
      constexpr std::uint16_t list = static_cast<std::uint16_t>(~waits);
      sort(one, static_cast<std::uint16_t>(one.arrival_.fetch_and(list, std::memory_order_relaxed) &
                                           list));
    }
  }
  // Whether a slab waits no longer and was last to be on this list.
  static bool is_on(const slab& what, std::uint16_t list) noexcept {
    return what.arrival_.load(std::memory_order_relaxed) == list;
  }
  // Of a slab that is put onto a list, whether it has waited or not.
  static void pass(slab& what, std::uint16_t list) noexcept {
    what.arrival_.store(list, std::memory_order_relaxed);
  }
  // Of a slab that leaves its list.
  static void forget(slab& what) noexcept { what.arrival_.store(0, std::memory_order_relaxed); }

 private:
  static constexpr std::uint16_t waits = 0x8000;

  std::atomic<slab*> front_{nullptr};
};

}  // namespace nearmem
