#pragma once

#include <cstddef>
#include <cstdint>

#include <nearmem/alloc/cell_array.hpp>
#include <nearmem/alloc/slab_shelf.hpp>

namespace nearmem {

// One thread's cells of one size class: what is in front, and the slabs that the thread holds.
//
//   pop ◄─┐ ┌─ push
//   cell_array ── shelf ── slabs with free cells; full ones are held by nobody
//
// All of its work beyond push and pop is done by the heap that it is a part of. Thread rule: the
// heap's.
struct thread_bin : cell_array {
  constexpr thread_bin() noexcept = default;

  std::uint32_t looked_in_at = 0;  // what handed_out() was, to see whether the class is in use
  slab_shelf* shelf = nullptr;
};

}  // namespace nearmem
