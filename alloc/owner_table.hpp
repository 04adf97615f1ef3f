#pragma once

#include <atomic>
#include <cstdint>

namespace nearmem {

// Where a page source keeps its owner words: one for every 4 KiB, whatever a page is, as one number
// that a 4 KiB unit's number is added to.
//
//   word of address a:  origin_ + a / 4096 * 8
//
// Thread rule: any.
class owner_table {
 public:
  static constexpr unsigned unit_shift = 12;

  constexpr owner_table() noexcept = default;
  // `words` has the word of the unit at `base`.
  owner_table(std::uintptr_t words, std::uintptr_t base) noexcept
      : origin_(words - (base >> unit_shift) * sizeof(void*)) {}

  // As page_source::owner_of(). O(1).
  void* owner_of(const void* address) const noexcept {
    const std::uintptr_t unit = reinterpret_cast<std::uintptr_t>(address) >> unit_shift;
    return reinterpret_cast<const std::atomic<void*>*>(origin_ + unit * sizeof(void*))
        ->load(std::memory_order_relaxed);
  }

 private:
  std::uintptr_t origin_ = 0;
};

}  // namespace nearmem
