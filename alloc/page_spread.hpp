#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <nearmem/alloc/node_weights.hpp>
#include <nearmem/alloc/page_request.hpp>
#include <nearmem/topology/node_id.hpp>
#include <nearmem/topology/node_set.hpp>

namespace nearmem {

// Which node each page of an interleaved run belongs to: its address alone tells.
//
//   unit   0   1   2   3   4   5 ...   of the address space: a page, or a chunk of huge pages
//   node   a   b   c   a   b   c       where over is {a, b, c}
//   node   a   a   b   c   a   a       where over is {a, b, c} and a weighs 2
//
// For pages it is Linux's own rule for MPOL_INTERLEAVE in private anonymous memory that stays where
// it was mapped: the page's offset, counted from address 0, modulo the number of nodes
// (mm/mempolicy.c, interleave_nid). Before Linux 6.7 the offset loses all but its low 32 bits first
// (offset_il_node), which shifts the turns unless the number of nodes is a power of two. By weight,
// a round has as many pages as the weights' sum (weighted_interleave_nid, Linux 6.9). So books by
// node need no word per page, and a read-back has something to hold pages to.
//
// Invariants: over is not empty; no run reaches over a multiple of 2^unit_bits units.
// Thread rule: a value, which `weights` must outlive.
struct page_spread {
  node_set over{};
  unsigned unit_shift = 0;
  unsigned unit_bits = 64;  // of a unit's number, the low ones, that decide whose turn it is
  const node_weights* weights = nullptr;  // none: all nodes weigh 1

  // O(nodes).
  node_id node_of(const void* page) const noexcept {
    auto member = over.begin();
    std::size_t left = unit_of(page) % round();
    for (; left >= weight_of(*member); ++member)
      left -= weight_of(*member);
    return *member;
  }

  // Calls visit(node, bytes) once for every node that has pages of a run, which begins and ends
  // with a unit. O(nodes).
  template <class Visit>
  void for_each_share(page_run run, Visit visit) const {
    const std::size_t turns = round();
    const std::size_t begin = unit_of(run.data);
    const std::size_t end = begin + (run.bytes >> unit_shift);
    std::size_t first = 0;  // of the node's turns in a round
    for (const node_id node : over) {
      const std::size_t weight = weight_of(node);
      const auto units_before = [&](std::size_t unit) noexcept {
        const std::size_t at = unit % turns;
        return unit / turns * weight + (at <= first ? 0 : std::min(at - first, weight));
      };
      const std::size_t units = units_before(end) - units_before(begin);
      if (units != 0) visit(node, units << unit_shift);
      first += weight;
    }
  }

 private:
  std::size_t weight_of(node_id node) const noexcept {
    return weights == nullptr ? 1 : weights->of(node);
  }
  // Units until it is the first node's turn again.
  std::size_t round() const noexcept {
    std::size_t units = over.size();
    if (weights == nullptr) return units;
    for (const node_id node : over)
      units += weights->of(node) - 1;
    return units;
  }
  std::size_t unit_of(const void* page) const noexcept {
    const std::uint64_t unit = reinterpret_cast<std::uintptr_t>(page) >> unit_shift;
    return unit & (~std::uint64_t{0} >> (64 - unit_bits));
  }
};

}  // namespace nearmem
