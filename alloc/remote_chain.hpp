#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <nearmem/alloc/cell_number.hpp>
#include <nearmem/alloc/size_class.hpp>
#include <nearmem/alloc/slab.hpp>

namespace nearmem {

// Freed cells of one slab on their way to who holds it.
//
//   first_ ─► carrier ─────────────► carrier ─────────► carrier = last_     (cells of the slab)
//             { next, others,        { next, others,    { 0, others,
//               numbers of cells }     ... }              ... }
//
// A freed cell carries the numbers of as many others as fit into a cache line, so that of some 30
// freed cells one is written to: the others' low 16 bits, as cells whose upper bits differ from the
// carrier's, of which a slab has few, become carriers. How many the first carrier has is written
// into it by close(). The slab itself is not looked at: it may lie on another node, with its holder
// at work on it.
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
        put(other(first_, others_++), static_cast<std::uint16_t>(number));
        return;
      }
      close();
    } else {
      last_ = number;
    }
    put(static_cast<std::byte*>(cell), first());
    first_ = static_cast<std::byte*>(cell);
    others_ = 0;
  }

  // Before anybody else reads the chain: what was added is all there.
  void close() noexcept {
    if (first_ != nullptr) put(others_of(first_), std::uint16_t{others_});
  }

  // Sets what the last carrier of the chain leads to: the chain that it is put in front of.
  void lead_to(std::uint32_t next) noexcept { put(cell_number::beside(first_, last_), next); }

  // Calls visit(index) for every cell of the closed chain that begins with `first`. What visit()
  // does to a cell's memory it may do only after the call.
  template <class Visit>
  static void each(const slab& home, std::uint32_t first, Visit visit) noexcept {
    const cell_grid& grid = home.grid();
    const std::uint32_t of_cell_0 = cell_number::of(grid.first);
    while (first != 0) {
      std::byte* const carrier = grid.first + cell_number::bytes_between(of_cell_0, first);
      const auto next = get<std::uint32_t>(carrier);
      const auto others = get<std::uint16_t>(others_of(carrier));
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

  // How a carrier is laid out: `next` first, then these.
  static std::byte* others_of(std::byte* carrier) noexcept {
    return carrier + sizeof(std::uint32_t);
  }
  static std::byte* other(std::byte* carrier, std::uint32_t index) noexcept {
    return others_of(carrier) + (1 + index) * sizeof(std::uint16_t);
  }
  static std::uint32_t most_others(std::size_t class_number) noexcept {
    const std::size_t bytes = std::min(size_class::cell_bytes(class_number), line_bytes);
    return static_cast<std::uint32_t>((bytes - sizeof(std::uint32_t)) / sizeof(std::uint16_t) - 1);
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
  std::uint32_t last_ = 0;
  std::uint8_t cells_ = 0;
  std::uint8_t others_ = 0;  // numbers that the first carrier carries
  std::uint8_t class_number_ = 0;
};

}  // namespace nearmem
