#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <nearmem/alloc/slab.hpp>
#include <nearmem/alloc/slab_tide.hpp>

namespace nearmem {

// The slabs behind a bin, by how much of each is free.
//
//   lists_   full │ fullest ... emptiest of the partly free │ empty
//            0    │ 1                                     8 │ 9
//
// A bin takes from the fullest slab first, so that slabs fill up or become empty.
//
// Invariants (audit() recomputes them)
//  1. A slab is on the list that its free cells say.
//  2. empty_slabs_ and empty_cells_ are those of the list of empty ones; free_cells_ == free cells
//     of all slabs.
//
// Thread rule: one owner.
class slab_shelf {
 public:
  slab_shelf() noexcept = default;
  slab_shelf(const slab_shelf&) = delete;
  slab_shelf& operator=(const slab_shelf&) = delete;

  // Takes in a slab of no list. O(1).
  void insert(slab& what) noexcept;
  // Lets a slab go. O(1).
  void remove(slab& what) noexcept;

  // The slab to take cells from next, or nullptr. O(1).
  slab* fullest() const noexcept;
  // One that is partly free, the one with the most free cells; or nullptr.
  slab* roomiest() const noexcept;
  // One that is full, or nullptr.
  slab* full() const noexcept { return lists_[full_list].front(); }
  // An empty one, or nullptr.
  slab* empty() const noexcept { return lists_[empty_list].front(); }

  // Takes free cells out of a slab of the shelf, or sets the bit of one, and moves the slab to
  // where it belongs. set_free() says whether it is empty now.
  std::uint32_t take(slab& from, void** out, std::uint32_t most) noexcept;
  bool set_free(slab& home, std::uint32_t index) noexcept;
  // The same for many cells; see slab::set_free_each().
  template <class Each>
  bool set_free_each(slab& home, Each each) noexcept {
    free_cells_ += home.set_free_each(each);
    return settle(home);
  }

  // Empty slabs, and how many of them are worth keeping.
  std::uint32_t empty_slabs() const noexcept { return empty_slabs_; }
  std::uint32_t kept() const noexcept { return tide_.kept(); }
  void forget_tides() noexcept { tide_ = slab_tide(); }
  // Free cells of all slabs, and of those that are not empty.
  std::size_t free_cells() const noexcept { return free_cells_; }
  std::size_t scattered_cells() const noexcept { return free_cells_ - empty_cells_; }

  // How many slabs were cut for this shelf; see cut_slab().
  std::uint32_t& slabs_cut() noexcept { return slabs_cut_; }

  template <class Visit>
  void for_each(Visit visit) const {
    for (const slab_list& list : lists_) {
      for (slab* at = list.front(); at != nullptr;) {
        slab* const after = slab_list::after(*at);
        visit(*at);
        at = after;
      }
    }
  }

  // Recomputes the invariants; false if one is broken. O(slabs).
  bool audit() const noexcept;

 private:
  static constexpr std::uint32_t partial_lists = 8;
  static constexpr std::uint32_t full_list = 0;
  static constexpr std::uint32_t empty_list = partial_lists + 1;

  static std::uint32_t list_for(const slab& what) noexcept {
    const std::uint32_t free = what.free_cells();
    if (free == 0) return full_list;
    return free == what.cells() ? empty_list : 1 + what.free_eighths();
  }
  void move(slab& what, std::uint32_t to) noexcept;
  bool settle(slab& home) noexcept;
  void count_empty(const slab& what, int sign) noexcept;

  std::array<slab_list, empty_list + 1> lists_;
  std::size_t free_cells_ = 0;
  std::size_t empty_cells_ = 0;
  std::uint32_t empty_slabs_ = 0;
  std::uint32_t slabs_cut_ = 0;
  slab_tide tide_;
};

}  // namespace nearmem
