#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <nearmem/alloc/cell_number.hpp>
#include <nearmem/alloc/size_class.hpp>
#include <nearmem/alloc/slab.hpp>

namespace nearmem {

// Freed cells of one slab on their way to who holds it.
//
//   first_ ─► carrier ───────────────► carrier ───────────► carrier = last_   (cells of the slab)
//             { next, how many others,   { next, ...          { next: of the chain behind,
//               numbers of cells }         numbers }            ... }
//
// A freed cell carries the numbers of as many others as fit into a cache line, so that of some 30
// freed cells one is written to: the others' low 16 bits, as cells whose upper bits differ from the
// carrier's, of which a slab has few, become carriers. Numbers are written four at a time, group_
// being those that are not yet there, as the carrier may lie on another node. The slab itself is
// not looked at: it may too, with its holder at work on it.
//
// Thread rule: one owner, who frees; each() by who has taken the chain from the slab's claim.
class remote_chain {
 public:
  constexpr remote_chain() noexcept = default;

  slab* home() const noexcept { return home_; }
  std::size_t class_number() const noexcept { return class_number_; }
  // The number of the first cell; 0 of an empty chain.
  std::uint32_t first() const noexcept { return first_ == nullptr ? 0 : cell_number::of(first_); }
  std::uint32_t cells() const noexcept { return cells_; }
  // One of its cells. Requires that there is one.
  const void* first_cell() const noexcept { return first_; }

  // Begins an empty chain for a slab of this size class.
  void begin(slab& home, std::size_t class_number) noexcept {
    *this = remote_chain();
    home_ = &home;
    class_number_ = static_cast<std::uint8_t>(class_number);
  }
  // Is no chain of any slab from here on.
  void end() noexcept { *this = remote_chain(); }

  // Adds a freed cell of the home slab, to at most 254 others.
  void add(void* cell) noexcept {
    ++cells_;
    const std::uint32_t number = cell_number::of(cell);
    if (first_ != nullptr) {
      const bool is_near = (number ^ cell_number::of(first_)) >> 16 == 0;
      if (is_near && others_ < most_others(class_number_)) {
        group_[others_++ % group_.size()] = static_cast<std::uint16_t>(number);
        if (others_ % group_.size() == 0) put(group_at(first_, others_ - 1), group_);
        return;
      }
      write_group();
      put(others_of(first_), std::uint16_t{others_});
      put(static_cast<std::byte*>(cell), first());
    } else {
      last_ = number;
    }
    first_ = static_cast<std::byte*>(cell);
    others_ = 0;
  }

  // Writes what is missing of the chain, which then may be read: in front of one that begins with
  // `next`, or alone. Requires a cell.
  void close(std::uint32_t next = 0) noexcept {
    write_group();
    if (first() == last_) return put(first_, front{next, others_, 0});
    put(others_of(first_), std::uint16_t{others_});
    put(cell_number::beside(first_, last_), next);
  }

  // Calls visit(index) for every cell of the closed chain that begins with `first`. What visit()
  // does to a cell's memory it may do only after the call.
  template <class Visit>
  static void each(const slab& home, std::uint32_t first, Visit visit) noexcept {
    const cell_grid& grid = home.grid();
    const std::uint32_t of_cell_0 = cell_number::of(grid.first);
    while (first != 0) {
      std::byte* const carrier = grid.first + cell_number::bytes_between(of_cell_0, first);
      const auto [next, others, unused] = get<front>(carrier);
      visit(grid.index_of(carrier));
      for (std::uint32_t i = 0; i < others; ++i) {
        const std::uint32_t number =
            (first & ~std::uint32_t{0xffff}) | get<std::uint16_t>(other(carrier, i));
        visit(grid.index_at(cell_number::bytes_between(of_cell_0, number)));
      }
      first = next;
    }
  }

 private:
  static constexpr std::size_t line_bytes = 64;

  // How a carrier begins; the others' numbers follow.
  struct front {
    std::uint32_t next;
    std::uint16_t others;
    std::uint16_t unused;
  };
  using group = std::array<std::uint16_t, 4>;

  static std::byte* others_of(std::byte* carrier) noexcept {
    return carrier + offsetof(front, others);
  }
  static std::byte* other(std::byte* carrier, std::uint32_t index) noexcept {
    return carrier + sizeof(front) + index * sizeof(std::uint16_t);
  }
  // Where the group begins that the number belongs to.
  static std::byte* group_at(std::byte* carrier, std::uint32_t index) noexcept {
    return other(carrier, index & ~std::uint32_t{3});
  }
  static std::uint32_t most_others(std::size_t class_number) noexcept {
    const std::size_t bytes = std::min(size_class::cell_bytes(class_number), line_bytes);
    return static_cast<std::uint32_t>((bytes - sizeof(front)) / sizeof(std::uint16_t));
  }
  void write_group() noexcept {
    if (others_ % group_.size() != 0) put(group_at(first_, others_ - 1), group_);
  }

  template <class Number>
  static void put(std::byte* at, Number number) noexcept {
    std::memcpy(at, &number, sizeof number);
  }
  template <class Number>
  static Number get(const std::byte* at) noexcept {
    Number number;
    std::memcpy(&number, at, sizeof number);
    return number;
  }

  slab* home_ = nullptr;
  std::byte* first_ = nullptr;
  group group_{};
  std::uint32_t last_ = 0;
  std::uint8_t cells_ = 0;
  std::uint8_t others_ = 0;  // numbers that the first carrier carries
  std::uint8_t class_number_ = 0;
};

}  // namespace nearmem
