#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <nearmem/alloc/counted_mutex.hpp>
#include <nearmem/alloc/owner_counter.hpp>
#include <nearmem/alloc/size_class.hpp>
#include <nearmem/alloc/slab.hpp>

namespace nearmem {

// The slabs of one node that no thread holds and that have free cells: what threads that ended or
// that only free leave to those that allocate.
//
//   heap ── put ──► partly free slabs, by class ──┬─ adopt ──► heap
//                   empty slabs, by class ────────┘
//                         └─ take_surplus ──► pages
//
// A thread that frees into a slab here claims it from outside and then takes it off its list; an
// adopter claims it under the lock. The claim decides, so who loses only looks further.
//
// Invariants (audit() recomputes them)
//  1. A slab of a list is on this node and held by nobody, or by a thread that is about to
//     remove() it. None has a chain.
//  2. empty_bytes_ == bytes of the empty slabs.
//
// Thread rule: any.
class slab_depot {
 public:
  // Takes a slab of no list from its holder. False if others have freed cells into it meanwhile:
  // then it stays the holder's. A slab must not become empty while it is here. O(1).
  bool put(slab& what) noexcept;
  // Takes empty slabs of this node, which are on no list but this one, from their holder. O(slabs).
  void put_empty(slab_list& slabs) noexcept;
  // Takes a slab off its list, for a thread that has claimed it since. O(1).
  void remove(slab& what) noexcept;

  // Claims slabs of a class for `holder` and puts them on `out`: some that are partly free, until
  // they have `cells` free cells, or some that are empty, up to `empty_bytes` or one; empty ones
  // first if `empty_first`.
  struct wish {
    std::size_t cells;
    std::size_t empty_bytes;
    bool empty_first;
  };
  void adopt(std::size_t class_number, std::uint64_t holder, const wish& wanted,
             slab_list& out) noexcept;
  // Takes empty slabs off until at most `kept_bytes` are left, and puts them on `out`.
  void take_surplus(std::size_t kept_bytes, slab_list& out) noexcept;

  // Whether a slab is on a list of a depot. Requires the claim.
  static bool holds(const slab& what) noexcept { return slab_list::number_of(what) >= partial; }

  std::size_t empty_bytes() const noexcept { return empty_bytes_.get(); }

  // Calls visit(slab) for all under the lock.
  template <class Visit>
  void for_each(Visit visit) noexcept {
    const std::lock_guard lock(mutex_);
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
  // Numbers of its lists, beyond those of a shelf.
  static constexpr std::uint32_t partial = 64;
  static constexpr std::uint32_t empty = 65;

  using lists = std::array<slab_list, size_class::count>;

  slab_list& list_of(const slab& what) noexcept;
  void take_off(slab& what) noexcept;
  void adopt_partial(std::size_t class_number, std::uint64_t holder, std::size_t cells,
                     slab_list& out) noexcept;
  void adopt_empty(std::size_t class_number, std::uint64_t holder, std::size_t bytes,
                   slab_list& out) noexcept;

  counted_mutex mutex_;
  owner_counter empty_bytes_;
  lists partial_;
  lists empty_;
  std::size_t next_surplus_ = 0;  // the class to give back of next: from each in turn
};

}  // namespace nearmem
