#pragma once

#include <algorithm>
#include <cstdint>

namespace nearmem {

// How many empty slabs a bin keeps.
//
// One, so that a block that comes and goes does not make a slab come and go. More only for who has
// proved a tide: two times in a row emptied many slabs and then wanted them back. What it keeps is
// the lesser of the last two tides' heights; a lower tide lowers it again.
//
//   slabs in use   ╱╲        ╱╲        ╱╲
//                 ╱  ╲______╱  ╲______╱  ╲___      ebb: slabs become empty; flood: empty or new
//                     tide 1    tide 2             slabs are taken into use
//
// Thread rule: one owner.
class slab_tide {
 public:
  // Empty slabs worth keeping.
  std::uint32_t kept() const noexcept { return kept_; }

  // A slab became empty.
  void ebb() noexcept {
    if (flooded_ > 0) {
      const std::uint32_t height = std::min(ebbed_, flooded_);
      kept_ = std::max<std::uint32_t>(1, std::min(height, previous_));
      previous_ = height;
      ebbed_ = flooded_ = 0;
    }
    ++ebbed_;
  }

  // An empty or a new slab was taken into use.
  void flood() noexcept {
    if (ebbed_ > 0) ++flooded_;
  }

 private:
  std::uint32_t ebbed_ = 0;
  std::uint32_t flooded_ = 0;
  std::uint32_t previous_ = 0;
  std::uint32_t kept_ = 1;
};

}  // namespace nearmem
