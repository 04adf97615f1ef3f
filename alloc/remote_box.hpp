#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <nearmem/alloc/remote_chain.hpp>

namespace nearmem {

// A freed cell, and the slab that it goes back to.
struct waiting_cell {
  slab* home = nullptr;
  void* cell = nullptr;
  std::uint8_t class_number = 0;
};

// What one thread has freed of slabs that are not its own and not yet brought there.
//
//   waiting_ │ cell │ cell │ cell │ ...        just freed, of any slabs, which nobody looked at
//       │ all at once, so that their slabs are fetched together
//       ▼
//   chains_ │ slab A: 17 cells │ │ slab B: 3 cells │ ...        those of slabs that others hold
//
// A chain is to be sent when it is long enough, or when another slab wants its place. Slabs that
// are freed into by turns each keep theirs, so that most cells take no look at their slab at all.
//
// Thread rule: one owner.
class remote_box {
 public:
  static constexpr unsigned place_bits = 7;
  static constexpr std::size_t places = std::size_t{1} << place_bits;
  static constexpr std::size_t most_waiting = 32;
  static constexpr std::uint32_t most_waiting_bytes = 64 << 10;

  // Cells after which a chain is sent: 16 KiB of them, at most 128.
  static constexpr std::uint32_t most_cells(std::size_t class_number) noexcept {
    return cells_of_class[class_number];
  }

  // Closed: nothing may wait there.
  constexpr remote_box() noexcept = default;
  remote_box(const remote_box&) = delete;
  remote_box& operator=(const remote_box&) = delete;

  // From here on cells may wait.
  void open() noexcept { room_bytes_ = most_waiting_bytes + 1; }
  // Lets a cell of the class wait, of which `bytes` were used; false if there is no room.
  bool try_add(slab& home, void* cell, std::size_t class_number, std::size_t bytes) noexcept {
    if (waiting_cells_ == most_waiting || room_bytes_ <= bytes) return false;
    waiting_[waiting_cells_++] = {&home, cell, static_cast<std::uint8_t>(class_number)};
    room_bytes_ -= static_cast<std::uint32_t>(bytes);
    return true;
  }
  std::span<const waiting_cell> waiting() const noexcept {
    return {waiting_.data(), waiting_cells_};
  }
  // Moves what waits into `out`; returns how many.
  std::size_t take_waiting(std::array<waiting_cell, most_waiting>& out) noexcept {
    const std::size_t cells = waiting_cells_;
    std::copy_n(waiting_.begin(), cells, out.begin());
    waiting_cells_ = 0;
    open();
    return cells;
  }

  // The place for a slab's chain; another slab's may be there.
  remote_chain& place_of(const slab& home) noexcept {
    // Descriptors begin at multiples of 64 bytes, many at ones of their size: the product's upper
    // bits depend on all of theirs.
    constexpr std::uint64_t golden_ratio = 0x9e3779b97f4a7c15;
    const std::uint64_t number = reinterpret_cast<std::uintptr_t>(&home) / 64;
    return chains_[number * golden_ratio >> (64 - place_bits)];
  }

  // Calls visit(chain) for every chain that has begun.
  template <class Visit>
  void for_each(Visit visit) noexcept {
    for (remote_chain& chain : chains_) {
      if (chain.home() != nullptr) visit(chain);
    }
  }

 private:
  static constexpr std::array<std::uint8_t, size_class::count> cells_of_class = [] {
    std::array<std::uint8_t, size_class::count> most{};
    for (std::size_t i = 0; i < most.size(); ++i)
      most[i] = static_cast<std::uint8_t>(
          std::clamp<std::size_t>(std::size_t{16384} / size_class::cell_bytes(i), 1, 128));
    return most;
  }();

  std::uint32_t waiting_cells_ = 0;
  std::uint32_t room_bytes_ = 0;  // and one more; 0 if closed, where not even 0 bytes fit
  std::array<waiting_cell, most_waiting> waiting_{};
  std::array<remote_chain, places> chains_{};
};

}  // namespace nearmem
