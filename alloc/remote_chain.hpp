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
// slabs of up to 65,535 cells, else 32. How many the first carrier has is written into it by
// close(). The slab itself is not looked at again after begin(): it may lie on another node, with
// its holder at work on it.
//
// Thread rule: one owner, who frees; each() by who has taken the chain from the slab's claim.
class remote_chain {
 public:
  constexpr remote_chain() noexcept = default;

  slab* home() const noexcept { return home_; }
  const cell_grid& grid() const noexcept { return grid_; }
  std::uint32_t first() const noexcept { return first_; }
  std::uint32_t cells() const noexcept { return cells_; }

  // Begins an empty chain.
  void begin(slab& home) noexcept { *this = remote_chain(home); }
  // Is no chain of any slab from here on.
  void end() noexcept { *this = remote_chain(); }

  // Adds a freed cell of the home slab by its index.
  void add(std::uint32_t index) noexcept {
    with_numbers(grid_, [&]<class Number>(Number) { add_as<Number>(index); });
  }

  // Before anybody else reads the chain: what was added is all there.
  void close() noexcept {
    if (first_ == 0) return;
    with_numbers(grid_, [&]<class Number>(Number) {
      carrier<Number>(grid_, first_)[1] = static_cast<Number>(others_);
    });
  }

  // Sets what the last carrier of the chain leads to: the chain that it is put in front of.
  void lead_to(std::uint32_t next) noexcept {
    with_numbers(grid_, [&]<class Number>(Number) {
      carrier<Number>(grid_, last_)[0] = static_cast<Number>(next);
    });
  }

  // Calls visit(index) for every cell of the closed chain that begins with `first`. What visit()
  // does to a cell's memory it may do only after the call.
  template <class Visit>
  static void each(const cell_grid& home, std::uint32_t first, Visit visit) noexcept {
    with_numbers(home, [&]<class Number>(Number) { each_as<Number>(home, first, visit); });
  }

 private:
  static constexpr std::size_t line_bytes = 64;
  static constexpr std::uint32_t most_small = 65535;

  explicit remote_chain(slab& home) noexcept : home_(&home), grid_(home.grid()) {}

  // Calls work() with a number of the type that the slab's cells are numbered by.
  template <class Work>
  static void with_numbers(const cell_grid& home, Work work) noexcept {
    if (home.cells <= most_small) {
      work(std::uint16_t{});
    } else {
      work(std::uint32_t{});
    }
  }

  template <class Number>
  static Number* carrier(const cell_grid& home, std::uint32_t number) noexcept {
    return reinterpret_cast<Number*>(home.at(number - 1));
  }

  template <class Number>
  void add_as(std::uint32_t index) noexcept {
    const auto number = static_cast<Number>(index + 1);
    ++cells_;
    if (first_ != 0) {
      Number* const at = carrier<Number>(grid_, first_);
      const std::size_t most = std::min<std::size_t>(grid_.cell_bytes, line_bytes) / sizeof(Number);
      if (others_ + 2 < most) {
        at[2 + others_++] = number;
        return;
      }
      at[1] = static_cast<Number>(others_);
    } else {
      last_ = number;
    }
    carrier<Number>(grid_, number)[0] = static_cast<Number>(first_);
    first_ = number;
    others_ = 0;
  }

  template <class Number, class Visit>
  static void each_as(const cell_grid& home, std::uint32_t first, Visit visit) noexcept {
    while (first != 0) {
      const Number* const at = carrier<Number>(home, first);
      const std::uint32_t next = at[0];
      const std::uint32_t others = at[1];
      visit(first - 1);
      for (std::uint32_t other = 0; other < others; ++other)
        visit(std::uint32_t{at[2 + other]} - 1);
      first = next;
    }
  }

  slab* home_ = nullptr;
  cell_grid grid_{};
  std::uint32_t first_ = 0;
  std::uint32_t last_ = 0;
  std::uint32_t cells_ = 0;
  std::uint32_t others_ = 0;  // numbers that the first carrier carries
};

}  // namespace nearmem
