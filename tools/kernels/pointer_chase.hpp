#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace nearmem::measure {

// The time from a load to the next one that needs its value: places that each say where the next
// is, in one cycle through all of them in random order, so that no prefetcher guesses the next and
// no two loads overlap.
//
//   memory  │ ●────────────┐ │   │ ●◀┐ │
//           │ ▲            └─┼──▶│ ● ┼─┘      pass() goes on where the last one stopped
//           └─┼──────────────┴───┴───┘
//
// Thread rule: one thread at a time.
class pointer_chase {
 public:
  // One place every `stride` bytes of `memory`. Requires a stride of whole pointers, and at least
  // one place. The memory must outlive it. O(places).
  pointer_chase(std::span<std::byte> memory, std::size_t stride, std::uint64_t seed);
  // These places, in random order. Requires at least one; they must be aligned as pointers are.
  pointer_chase(std::span<std::byte* const> places, std::uint64_t seed);

  std::size_t places() const noexcept { return places_; }
  // Brings every place into the caches that have room for it, in the order of addresses.
  void warm() const noexcept;
  // Brings what is needed to find every page into the caches that have room for it, on the machine
  // and below it, where a hypervisor has tables of its own. Nothing for a chase of places.
  void warm_translations() const noexcept;
  // Nanoseconds a load, over `loads` of them.
  double pass(std::size_t loads) noexcept;

 private:
  void read_every(std::size_t bytes) const noexcept;
  void link(std::span<std::byte* const> in_order);

  void* at_ = nullptr;
  std::size_t places_ = 0;
  std::span<std::byte> memory_;
  std::size_t stride_ = 0;
};

}  // namespace nearmem::measure
