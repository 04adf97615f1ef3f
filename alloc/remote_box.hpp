#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
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
//   chains  │ slab A: 17 cells │ │ slab B: 3 cells │ ...        those of slabs that others hold
//
// A chain is to be sent when it is long enough, or when another slab wants its place. Slabs that
// are freed into by turns each keep theirs, so that most cells take no look at their slab at all: a
// box has few places at first, and is too small once chains have often had to leave theirs.
//
// Thread rule: one owner.
class remote_box {
 public:
  static constexpr unsigned few_place_bits = 5;
  static constexpr unsigned most_place_bits = 7;
  static constexpr std::size_t most_waiting = 32;
  static constexpr std::uint32_t most_waiting_bytes = 64 << 10;

  // Cells after which a chain is sent: 16 KiB of them, at most 128.
  static constexpr std::uint32_t most_cells(std::size_t class_number) noexcept {
    return cells_of_class[class_number];
  }

  // Bytes of a box with so many places.
  static constexpr std::size_t bytes_for(unsigned place_bits) noexcept;

  // Closed: nothing may wait there, and there is no place.
  constexpr remote_box() noexcept = default;
  // Open, in bytes_for(place_bits).
  explicit remote_box(unsigned place_bits) noexcept : place_bits_(place_bits) {
    std::uninitialized_value_construct_n(chains(), places());
    open();
  }
  remote_box(const remote_box&) = delete;
  remote_box& operator=(const remote_box&) = delete;

  std::size_t bytes() const noexcept { return bytes_for(place_bits_); }
  std::size_t places() const noexcept { return std::size_t{1} << place_bits_; }
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
    return chains()[number * golden_ratio >> (64 - place_bits_)];
  }

  // Calls visit(chain) for every chain that has begun.
  template <class Visit>
  void for_each(Visit visit) noexcept {
    for (std::size_t i = 0; i < chains_count(); ++i) {
      if (chains()[i].home() != nullptr) visit(chains()[i]);
    }
  }

  // A chain has left its place for another's.
  void count_displaced() noexcept { ++displaced_; }
  bool is_too_small() const noexcept {
    return place_bits_ < most_place_bits && displaced_ >= 4 * places();
  }
  // Where there is no memory for a larger one: not before as many again.
  void forget_displaced() noexcept { displaced_ = 0; }

 private:
  static constexpr std::array<std::uint8_t, size_class::count> cells_of_class = [] {
    std::array<std::uint8_t, size_class::count> most{};
    for (std::size_t i = 0; i < most.size(); ++i)
      most[i] = static_cast<std::uint8_t>(
          std::clamp<std::size_t>(std::size_t{16384} / size_class::cell_bytes(i), 1, 128));
    return most;
  }();

  // They lie behind the box itself.
  remote_chain* chains() noexcept { return reinterpret_cast<remote_chain*>(this + 1); }
  std::size_t chains_count() const noexcept { return place_bits_ == 0 ? 0 : places(); }
  void open() noexcept { room_bytes_ = most_waiting_bytes + 1; }

  unsigned place_bits_ = 0;  // 0 if closed
  std::uint32_t displaced_ = 0;
  std::uint32_t waiting_cells_ = 0;
  std::uint32_t room_bytes_ = 0;  // and one more; 0 if closed, where not even 0 bytes fit
  std::array<waiting_cell, most_waiting> waiting_{};
};

constexpr std::size_t remote_box::bytes_for(unsigned place_bits) noexcept {
  return sizeof(remote_box) + (std::size_t{1} << place_bits) * sizeof(remote_chain);
}

}  // namespace nearmem
