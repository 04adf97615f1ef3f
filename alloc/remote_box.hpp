#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include <nearmem/alloc/remote_chain.hpp>

namespace nearmem {

// What one thread has freed of other threads' slabs and not yet sent there: a chain for each of a
// few slabs, found by the slab's address.
//
//   chains_ │ slab A: 17 cells │ │ slab B: 3 cells │ │ ...        slab ── hash ──► place
//
// A chain is to be sent when it is long enough, or when another slab wants its place.
//
// Thread rule: one owner.
class remote_box {
 public:
  static constexpr std::size_t places = 16;

  // Cells after which a chain is sent: 16 KiB of them, at most 128.
  static constexpr std::uint32_t most_cells(std::size_t cell_bytes) noexcept {
    return static_cast<std::uint32_t>(
        std::clamp<std::size_t>(std::size_t{16384} / cell_bytes, 1, 128));
  }

  constexpr remote_box() noexcept = default;
  remote_box(const remote_box&) = delete;
  remote_box& operator=(const remote_box&) = delete;

  // The place for a slab's chain; another slab's may be there.
  remote_chain& place_of(const slab& home) noexcept {
    const auto address = reinterpret_cast<std::uintptr_t>(&home);
    return chains_[(address >> 6 ^ address >> 10) % places];
  }

  // Calls visit(chain) for every chain that has begun.
  template <class Visit>
  void for_each(Visit visit) noexcept {
    for (remote_chain& chain : chains_) {
      if (chain.home() != nullptr) visit(chain);
    }
  }

 private:
  std::array<remote_chain, places> chains_{};
};

}  // namespace nearmem
