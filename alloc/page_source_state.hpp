#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <vector>

#include <nearmem/alloc/interleave_weights.hpp>
#include <nearmem/alloc/kernel.hpp>
#include <nearmem/alloc/page_owners.hpp>
#include <nearmem/alloc/page_policy.hpp>
#include <nearmem/alloc/page_read_back.hpp>
#include <nearmem/alloc/page_reservation.hpp>
#include <nearmem/alloc/page_slot.hpp>
#include <nearmem/alloc/page_source.hpp>

namespace nearmem {

// What a page source consists of, and how it serves each placement (page_source_grants.cpp).
//
//   near          the wanted node's slot, else the next in fallback order
//   bound         the node's slot or nothing
//   in_turns      the slot without a home, page by page over a set
//   first_touch   the slot without a home, where the thread runs
//
// Private to alloc/. Thread rule: any.
struct page_source::state {
  machine hardware;
  kernel& calls;
  std::vector<node_id> homes;  // of the slots; the homeless slot is behind them
  page_policy policy;
  interleave_weights weights;
  std::atomic<std::size_t> own_bytes{0};  // the books in memory
  std::atomic<std::size_t> out_bytes{0};  // runs that are out
  page_reservation reservation;
  page_owners owners;
  std::vector<std::unique_ptr<page_slot>> slots;
  std::vector<std::atomic<std::size_t>> spilled;  // [from][to], and a row for nodes unknown

  state(machine what, kernel& with, std::size_t slot_bytes);

  std::size_t homeless_slot() const noexcept { return homes.size(); }
  // The slot of a node, or homeless_slot() for nodes that are not of the machine. O(log nodes).
  std::size_t slot_of(node_id node) const noexcept;

  page_grant near(const cut_request& cut, const placement& where, node_id wanted) noexcept;
  page_grant bound(cut_request cut, node_id node) noexcept;
  // `refused`: the kernel's answer, where it allows no such policy; nothing was granted then.
  page_grant in_turns(cut_request cut, node_set over, bool weighted, int& refused) noexcept;
  page_grant first_touch(const cut_request& request, binding_outcome outcome) noexcept;
  page_grant homeless(const cut_request& cut, const placement& where) noexcept;

  bool populate(page_run run) noexcept;
  void take_back(page_slot& slot, page_run run) noexcept;
  read_back check(page_run run, node_id node) const noexcept;
  page_run run_of(const cut_request& cut, std::byte* data) const noexcept {
    return {data, cut.pages * calls.page_bytes()};
  }
  void count_out(page_grant& grant, page_run run) noexcept;
};

}  // namespace nearmem
