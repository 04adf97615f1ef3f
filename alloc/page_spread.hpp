#pragma once

#include <cstddef>
#include <cstdint>

#include <nearmem/alloc/page_request.hpp>
#include <nearmem/topology/node_id.hpp>
#include <nearmem/topology/node_set.hpp>

namespace nearmem {

// Which node each page of an interleaved run belongs to: its address alone tells.
//
//   unit   0   1   2   3   4   5 ...   of the address space: a page, or a chunk of huge pages
//   node   a   b   c   a   b   c       where over is {a, b, c}
//
// For pages it is Linux's own rule for MPOL_INTERLEAVE in private anonymous memory that stays where
// it was mapped: the page's offset, counted from address 0, modulo the number of nodes
// (mm/mempolicy.c, interleave_nid). Before Linux 6.7 the offset loses all but its low 32 bits first
// (offset_il_node), which shifts the turns unless the number of nodes is a power of two. So books
// by node need no word per page, and a read-back has something to hold pages to.
//
// Invariants: over is not empty; no run reaches over a multiple of 2^unit_bits units.
// Thread rule: a value.
struct page_spread {
  node_set over{};
  unsigned unit_shift = 0;
  unsigned unit_bits = 64;  // of a unit's number, the low ones, that decide whose turn it is

  // O(nodes).
  node_id node_of(const void* page) const noexcept {
    auto member = over.begin();
    for (std::size_t skip = unit_of(page) % over.size(); skip != 0; --skip)
      ++member;
    return *member;
  }

  // Calls visit(node, bytes) once for every node that has pages of a run, which begins and ends
  // with a unit. O(nodes).
  template <class Visit>
  void for_each_share(page_run run, Visit visit) const {
    const std::size_t members = over.size();
    const std::size_t units = run.bytes >> unit_shift;
    std::size_t turn = members - unit_of(run.data) % members;  // of the first member
    for (const node_id node : over) {
      turn = turn == members ? 0 : turn;
      if (turn < units) visit(node, ((units - turn - 1) / members + 1) << unit_shift);
      ++turn;
    }
  }

 private:
  std::size_t unit_of(const void* page) const noexcept {
    const std::uint64_t unit = reinterpret_cast<std::uintptr_t>(page) >> unit_shift;
    return unit & (~std::uint64_t{0} >> (64 - unit_bits));
  }
};

}  // namespace nearmem
