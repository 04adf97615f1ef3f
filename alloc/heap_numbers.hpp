#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace nearmem {

// The numbers of one resource's heaps: each is given once, and somebody lives under it until it is
// ended.
//
//   last_ ── take() ──► 1, 2, 3, ...        living_[number % places] heaps live under such numbers
//
// What a dead heap was the last to allocate from, others may have. Whose number is not live is
// surely dead; whose is may be.
//
// Thread rule: any.
class heap_numbers {
 public:
  // A number that nobody has had; its lowest 32 bits are neither all 0 nor all 1. O(1).
  std::uint64_t take() noexcept {
    std::uint64_t number = last_.fetch_add(1, std::memory_order_relaxed) + 1;
    while (static_cast<std::uint32_t>(number + 1) <= 1)
      number = last_.fetch_add(1, std::memory_order_relaxed) + 1;
    living_[place_of(number)].fetch_add(1, std::memory_order_relaxed);
    return number;
  }
  // Once for each number that was taken. O(1).
  void end(std::uint64_t number) noexcept {
    living_[place_of(number)].fetch_sub(1, std::memory_order_relaxed);
  }

  // False if no heap lives under a number with these lowest 32 bits. O(1).
  bool may_live(std::uint32_t short_number) const noexcept {
    return living_[place_of(short_number)].load(std::memory_order_relaxed) != 0;
  }

 private:
  static constexpr std::size_t places = 128;
  static constexpr std::size_t place_of(std::uint64_t number) noexcept { return number % places; }

  std::atomic<std::uint64_t> last_{0};
  std::array<std::atomic<std::uint16_t>, places> living_{};
};

}  // namespace nearmem
