#pragma once

#include <array>
#include <cstddef>

#include <nearmem/alloc/kernel.hpp>
#include <nearmem/alloc/owner_table.hpp>
#include <nearmem/topology/address_range.hpp>
#include <nearmem/topology/machine.hpp>

namespace nearmem {

// The address space of a page source: one slot for each node and one without a home, all of one
// size, and the books beside it.
//
//   data   ┌─ slot 0 ─┬─ slot 1 ─┬─ ... ─┬─ homeless ─┐   no access until opened
//   books  ┌─ owners ─┬─ of slot 0 ─┬─ of slot 1 ─ ... ┐   zeros until written
//
// Thread rule: immutable.
class page_reservation {
 public:
  static constexpr std::size_t chunk_bytes = std::size_t{2} << 20;
  static constexpr std::size_t min_slot_bytes = 8 * chunk_bytes;

  // Reserves slots of `slot_bytes`, or, where that is 0, of twice the memory of the largest node
  // (runs of different kinds share no chunk, so a slot must be larger than what it serves), rounded
  // up to a power of two; halves it until it fits into calls.reservable_bytes() and the kernel
  // agrees. Throws std::bad_alloc if not even min_slot_bytes can be had.
  page_reservation(const machine& hardware, kernel& calls, std::size_t slot_bytes);
  ~page_reservation();
  page_reservation(const page_reservation&) = delete;
  page_reservation& operator=(const page_reservation&) = delete;

  std::byte* data() const noexcept { return data_.data; }
  std::size_t bytes() const noexcept { return data_.bytes; }
  std::size_t slots() const noexcept { return slots_; }
  std::size_t slot_bytes() const noexcept { return slot_bytes_; }
  std::size_t slot_chunks() const noexcept { return slot_bytes_ / chunk_bytes; }
  // Owner words of a chunk.
  static constexpr std::size_t chunk_owners() noexcept {
    return chunk_bytes >> owner_table::unit_shift;
  }

  std::array<address_range, 2> ranges() const noexcept {
    return {{{data_.data, data_.bytes}, {books_.data, books_.bytes}}};
  }

  std::byte* owners() const noexcept { return books_.data; }
  std::byte* slot_books(std::size_t slot) const noexcept;

 private:
  bool try_reserve() noexcept;
  std::size_t owners_bytes() const noexcept;

  kernel& calls_;
  std::size_t slots_;
  std::size_t slot_bytes_;
  reserved_range data_{};
  reserved_range books_{};
};

}  // namespace nearmem
