#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <nearmem/alloc/slab.hpp>

namespace nearmem {

// Freed cells of one slab on their way to who holds it.
//
//   first_ ─► carrier ─────────────► carrier ─────────► carrier = last_     (cells of the slab)
//             { next, others,        { next, others,    { 0, others,
//               numbers of cells }     ... }              ... }
//
// A freed cell carries the numbers of as many others as fit into a cache line, so that of some 30
// freed cells one is written to. Cells are numbered from 1 here: 0 is none. Numbers have 16 bits in
// slabs of up to 65,535 cells, else 32.
//
// Thread rule: add() by who frees; each() by who has taken the chain from the slab's claim.
class remote_chain {
 public:
  constexpr remote_chain() noexcept = default;

  slab* home() const noexcept { return home_; }
  std::uint32_t first() const noexcept { return first_; }
  std::uint32_t cells() const noexcept { return cells_; }

  // Begins an empty chain.
  void begin(slab& home) noexcept { *this = remote_chain(home); }
  // Is no chain of any slab from here on.
  void end() noexcept { *this = remote_chain(); }

  // Adds a freed cell of the home slab by its index.
  void add(std::uint32_t index) noexcept {
    if (has_small_numbers(*home_)) {
      add_as<std::uint16_t>(index);
    } else {
      add_as<std::uint32_t>(index);
    }
  }

  // Sets what the last carrier of the chain leads to: the chain that it is put in front of.
  void lead_to(std::uint32_t next) noexcept {
    if (has_small_numbers(*home_)) {
      carrier<std::uint16_t>(*home_, last_)[0] = static_cast<std::uint16_t>(next);
    } else {
      carrier<std::uint32_t>(*home_, last_)[0] = next;
    }
  }

  // Calls visit(index) for every cell of the chain that begins with `first`. What visit() does to
  // a cell's memory it may do only after the call.
  template <class Visit>
  static void each(const slab& home, std::uint32_t first, Visit visit) noexcept {
    if (has_small_numbers(home)) {
      each_as<std::uint16_t>(home, first, visit);
    } else {
      each_as<std::uint32_t>(home, first, visit);
    }
  }

 private:
  static constexpr std::size_t line_bytes = 64;
  static constexpr std::uint32_t most_small = 65535;

  explicit remote_chain(slab& home) noexcept : home_(&home) {}

  static bool has_small_numbers(const slab& home) noexcept { return home.cells() <= most_small; }

  template <class Number>
  static Number* carrier(const slab& home, std::uint32_t number) noexcept {
    return reinterpret_cast<Number*>(home.first_cell() +
                                     std::size_t{number - 1} * home.cell_bytes());
  }

  template <class Number>
  void add_as(std::uint32_t index) noexcept {
    const auto number = static_cast<Number>(index + 1);
    ++cells_;
    if (room_ > 0) {
      Number* const at = carrier<Number>(*home_, first_);
      at[2 + at[1]++] = number;
      --room_;
      return;
    }
    Number* const at = carrier<Number>(*home_, number);
    at[0] = static_cast<Number>(first_);
    at[1] = 0;
    if (first_ == 0) last_ = number;
    first_ = number;
    const std::size_t bytes = std::min<std::size_t>(home_->cell_bytes(), line_bytes);
    room_ = static_cast<std::uint32_t>(bytes / sizeof(Number)) - 2;
  }

  template <class Number, class Visit>
  static void each_as(const slab& home, std::uint32_t first, Visit visit) noexcept {
    while (first != 0) {
      const Number* const at = carrier<Number>(home, first);
      visit(first - 1);
      for (std::uint32_t other = 0; other < at[1]; ++other)
        visit(std::uint32_t{at[2 + other]} - 1);
      first = at[0];
    }
  }

  slab* home_ = nullptr;
  std::uint32_t first_ = 0;
  std::uint32_t last_ = 0;
  std::uint32_t cells_ = 0;
  std::uint32_t room_ = 0;  // numbers that the first carrier still takes
};

}  // namespace nearmem
