#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include <nearmem/alloc/counted_mutex.hpp>
#include <nearmem/alloc/size_class.hpp>
#include <nearmem/alloc/slab.hpp>
#include <nearmem/alloc/slab_arrivals.hpp>

namespace nearmem {

// The slabs of one node that no thread holds and whose free cells are worth a visit: what threads
// that ended, or that freed what is not theirs, leave to those that allocate.
//
//               without the lock │ under it
//   heap ── put ──► arrivals ── sort_arrivals ──► partly free slabs, by class ──┬─ adopt ──► heap
//                                └──────────────► empty slabs, by class ────────┘
//                                                       └─ take_surplus ──► pages
//
// A slab that nobody holds comes here once a quarter of it is free; before that it is on no list.
// Either way others' cells are put onto its claim. Who finds by it that the slab is to come here,
// or that it is empty now, claims it from outside; an adopter claims it under the lock. The claim
// decides, so who loses only looks further.
//
// Invariants (audit() recomputes them)
//  1. A slab of a list is on this node, has free cells, and is held by nobody, or by a thread that
//     has claimed it from outside or is about to give it up.
//  2. It is on the list of empty ones if and only if it is empty, and then it has no chain, unless
//     its claimer is about to put() it there.
//  3. empty_bytes_ == bytes of the slabs of that list, and of those that are to come onto it.
//
// Thread rule: any.
class slab_depot {
 public:
  // Whether a slab that nobody holds is to be here.
  static constexpr bool wants(std::uint32_t free_cells, std::uint32_t cells) noexcept {
    return free_cells > 0 && free_cells >= cells / 4;
  }
  // Takes a slab from its holder: one that is not here, or one that is here and has become empty
  // since it came. False if others have freed cells into it meanwhile: then it stays the holder's,
  // and is not here. O(1) and without the lock, but for one that was sorted in before, or is
  // refused.
  bool put(slab& what) noexcept { return put_with(what, 0, what.free_cells(), 0); }
  // The same as slab_claim::try_give_up_with().
  bool put_with(slab& what, std::uint32_t first, std::uint32_t free_cells,
                std::uint32_t before) noexcept;
  // Takes empty slabs of this node, which are on no list but this one, from their holder. O(slabs).
  void put_empty(slab_list& slabs) noexcept;
  // Lets a slab go, to a thread that has claimed it since. O(arrivals).
  void remove(slab& what) noexcept;

  // Claims slabs of a class for `holder` and puts them, with their chains, on `out`: some that are
  // partly free, until they have `cells` free cells, or else some that are empty, up to
  // `empty_bytes` or one. Of those that are partly free only such as may_have(last heap) says of;
  // it looks at no more than most_looked_at.
  // O(arrivals + slabs).
  struct wish {
    std::size_t cells;
    std::size_t empty_bytes;
  };
  template <class Allowed>
  void adopt(std::size_t class_number, std::uint64_t holder, const wish& wanted, Allowed may_have,
             slab_list& out) noexcept;
  // Takes empty slabs off until at most `kept_bytes` are left, and puts them on `out`. Leaves those
  // that are about to be given up: who does that looks again. O(arrivals + slabs).
  void take_surplus(std::size_t kept_bytes, slab_list& out) noexcept;

  // Whether a slab is here. Requires the claim, or that no thread works.
  static bool holds(const slab& what) noexcept { return slab_arrivals::has_come(what); }

  // Bytes of empty slabs.
  std::size_t empty_bytes() const noexcept { return empty_bytes_.load(std::memory_order_relaxed); }

  // Calls visit(slab) for all under the lock.
  template <class Visit>
  void for_each(Visit visit) noexcept {
    const std::lock_guard lock(mutex_);
    sort_arrivals();
    for (const auto& by_class : {&partial_, &empty_}) {
      for (const slab_list& list : *by_class) {
        for (slab* at = list.front(); at != nullptr; at = slab_list::after(*at))
          visit(*at);
      }
    }
  }

  // Recomputes the invariants; false if one is broken. While no thread works. O(slabs).
  bool audit() noexcept;

  // How often the lock was taken.
  std::size_t locks_taken() const noexcept { return mutex_.taken(); }
  // Around a fork.
  void lock() noexcept { mutex_.lock(); }
  void unlock() noexcept { mutex_.unlock(); }

 private:
  static constexpr std::size_t most_looked_at = 64;
  // Numbers of its lists, beyond those of a shelf.
  static constexpr std::uint16_t partial = 64;
  static constexpr std::uint16_t empty = 65;

  using lists = std::array<slab_list, size_class::count>;

  slab_list& list_of(const slab& what) noexcept;
  void list_in(slab& what, std::uint16_t list) noexcept;
  void sort_arrivals() noexcept;
  void take_off(slab& what) noexcept;
  void adopt_empty(std::size_t class_number, std::uint64_t holder, std::size_t bytes,
                   slab_list& out) noexcept;
  slab* surplus_of(std::size_t class_number) const noexcept;

  slab_arrivals arrivals_;
  std::atomic<std::size_t> empty_bytes_{0};
  // On a line of its own, and those of the lists: who leaves slabs does not take it.
  alignas(64) counted_mutex mutex_;
  lists partial_;
  lists empty_;
  std::size_t next_surplus_ = 0;  // the class to give back of next: from each in turn
};

template <class Allowed>
void slab_depot::adopt(std::size_t class_number, std::uint64_t holder, const wish& wanted,
                       Allowed may_have, slab_list& out) noexcept {
  const std::lock_guard lock(mutex_);
  sort_arrivals();
  std::size_t cells = 0;
  std::size_t looked_at = 0;
  for (slab* at = partial_[class_number].front(); at != nullptr && cells < wanted.cells;) {
    slab& one = *at;
    at = slab_list::after(one);
    if (++looked_at > most_looked_at) break;
    slab_claim::found what;
    if (!may_have(one.last_heap()) || !one.claim().try_claim(holder, what)) continue;
    take_off(one);
    cells += what.free_cells;
    out.insert(one, 0);
  }
  if (out.front() == nullptr) adopt_empty(class_number, holder, wanted.empty_bytes, out);
}

}  // namespace nearmem
