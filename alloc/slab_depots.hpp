#pragma once

#include <atomic>
#include <cstddef>

#include <nearmem/alloc/slab_depot.hpp>
#include <nearmem/alloc/slab_supply.hpp>
#include <nearmem/topology/node_id.hpp>

namespace nearmem {

// The depots of a resource: one for every node where it has slabs, and one for slabs without a home
// (interleaved, first touch).
//
//   depots_ ─► │ nodes()[0]: depot │ nodes()[1]: none yet │ ... │ homeless: none yet │
//
// Invariant: every slab of the resource has a depot to go to, so that giving one up needs no
// memory.
//
// Constructing takes no memory. Thread rule: any; clear() and release() while no thread works.
class slab_depots {
 public:
  explicit slab_depots(slab_supply& supply) noexcept : supply_(supply) {}
  slab_depots(const slab_depots&) = delete;
  slab_depots& operator=(const slab_depots&) = delete;

  // Makes the depot for a node, or for no node, if it is missing; false with the reason in `why`
  // if there is no memory.
  bool prepare(std::size_t place, page_grant& why) noexcept;

  // Where the slabs of a node go, or where a block or a slab's run lies: a place among the depots.
  std::size_t place_of(node_id node) const noexcept;
  std::size_t place_of(const void* address) const noexcept;
  // The place of what has no home.
  std::size_t homeless_place() const noexcept;

  // The depot of a place; nullptr if it was never prepared. O(1).
  slab_depot* find(std::size_t place) const noexcept {
    const std::atomic<slab_depot*>* const all = depots_.load(std::memory_order_acquire);
    return all == nullptr ? nullptr : all[place].load(std::memory_order_acquire);
  }
  // That of a slab of the resource.
  slab_depot& of(const slab& what) const noexcept { return *find(place_of(what.run().data)); }

  // Gives empty slabs back until every depot holds at most `kept_bytes`, but for those that are on
  // their way there.
  void give_back(std::size_t kept_bytes) noexcept;
  // Gives the depots themselves back. Requires that no slab of theirs is left, or is used again.
  void clear() noexcept;

  template <class Visit>
  void for_each(Visit visit) const {
    for (std::size_t place = 0; depots_.load(std::memory_order_acquire) != nullptr; ++place) {
      if (slab_depot* one = find(place)) visit(*one);
      if (place == homeless_place()) return;
    }
  }

 private:
  slab_supply& supply_;
  std::atomic<std::atomic<slab_depot*>*> depots_{nullptr};
};

}  // namespace nearmem
