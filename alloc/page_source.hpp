#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include <nearmem/accounting/contract.hpp>
#include <nearmem/alloc/owner_table.hpp>
#include <nearmem/alloc/page_request.hpp>
#include <nearmem/alloc/page_spread.hpp>
#include <nearmem/topology/address_range.hpp>
#include <nearmem/topology/machine.hpp>

namespace nearmem {

class kernel;

// What the page layer itself has committed, for its own books.
struct page_source_usage {
  std::size_t footprint = 0;  // records of chunks and of page owners
  std::size_t committed = 0;  // all populated bytes: footprint + every run that is out
};

// Where pages come from: a machine and its system calls.
//
//   reservation ┌───── slot 0 ─────┬───── slot 1 ─────┬── slot without a home ──┐
//               │ node nodes()[0]  │ node nodes()[1]  │ interleave, first touch │
//               └──────────────────┴──────────────────┴─────────────────────────┘
//               ▲ base_            each slot: 2^slot_shift_ bytes, cut into chunks of 2 MiB
//
// so that the home of any address is a subtraction and a shift. Every page has an owner word in a
// side table (see owner_of), which is how a block finds its slab.
//
// A run is cut from its slot, populated under a policy that only prefers the node, and read back;
// if pages strayed, it is given back and the next node in fallback order serves. What the process
// was started under (numactl --membind) and its cpuset always win.
//
// Invariants (audit() recomputes 2 and the books behind 1)
//  1. A page is in at most one run; a run lies within one slot.
//  2. A page that is in no run is not committed.
//  3. Runs in a node's slot were read back on that node, if the machine is live and can tell.
//
// After fork() the child has copies of all runs; those of the process's source stay usable, as the
// fork waits for its locks.
//
// Thread rule: any.
class page_source {
 public:
  static constexpr std::size_t chunk_bytes = std::size_t{2} << 20;

  // The one of this process: discovered, probed, reserved at the first call; never destroyed.
  // Throws std::bad_alloc where not even the smallest reservation can be had.
  static page_source& process();

  // A source of its own. `calls` must outlive it. `slot_bytes` of 0 chooses; it is rounded up to a
  // power of two and shrinks until the reservation succeeds, down to 8 chunks; then it throws
  // std::bad_alloc.
  page_source(machine hardware, kernel& calls, std::size_t slot_bytes = 0);
  ~page_source();
  page_source(const page_source&) = delete;
  page_source& operator=(const page_source&) = delete;

  const nearmem::machine& hardware() const noexcept;
  kernel& calls() const noexcept;
  std::size_t page_bytes() const noexcept { return std::size_t{1} << page_shift_; }
  std::size_t slot_bytes() const noexcept { return std::size_t{1} << slot_shift_; }
  // What a real probe found this placement to come to here. Microseconds.
  binding_outcome probe(const placement& where) const noexcept;
  // The node that a grant would name as wanted, if the calling thread asked now.
  node_id wanted_node(const placement& where) const noexcept;
  // Bytes of the run that a request is given; empty if it is larger than a slot.
  std::optional<std::size_t> run_bytes(const page_request& request) const noexcept;

  // Populated pages as asked, or the reason why not. Never throws.
  page_grant acquire(const page_request& request) noexcept;
  // Gives a whole run back; its memory returns to the kernel at once.
  void release(page_run run) noexcept;

  // The home of an address; empty for foreign addresses and for the slot without a home. O(1).
  std::optional<node_id> home_of(const void* address) const noexcept {
    const std::size_t slot = offset_of(address) >> slot_shift_;
    if (slot >= homes_count_) return std::nullopt;
    return homes_[slot];
  }
  // The position of that node in hardware().nodes(); homes_count() where there is none. O(1).
  std::size_t home_position(const void* address) const noexcept {
    return std::min(offset_of(address) >> slot_shift_, homes_count_);
  }
  std::size_t homes_count() const noexcept { return homes_count_; }
  // Where everything lies whose home is at this position, or which has none, at homes_count().
  address_range slot_of_home(std::size_t position) const noexcept {
    return {reinterpret_cast<const void*>(base_ + (position << slot_shift_)),
            std::size_t{1} << slot_shift_};
  }
  // How a run that is out is spread, if it is interleaved; empty for runs that lie on one node.
  std::optional<page_spread> spread_of(page_run run) const noexcept;
  bool contains(const void* address) const noexcept { return offset_of(address) < bytes_; }

  // The word that set_owner() left for the page of `address`. Requires contains(address). O(1).
  void* owner_of(const void* address) const noexcept {
    expects(contains(address), "owner_of: an address that is not of this page source");
    return owners_[offset_of(address) >> owner_table::unit_shift].load(std::memory_order_relaxed);
  }
  // The same as owner_of(), for paths that are counted in instructions: a copy of where the words
  // are. Holds for the source's life.
  owner_table owners() const noexcept {
    return owner_table(reinterpret_cast<std::uintptr_t>(owners_), base_);
  }
  // Names the owner of every page of a run that is out; released runs lose theirs.
  void set_owner(page_run run, void* owner) noexcept;

  // Bytes granted so far on `to` that were wanted on `from`. A `from` that this machine has not is
  // counted as one with all others that it has not. Never decreases.
  std::size_t spilled(node_id from, node_id to) const noexcept;

  page_source_usage own_usage() const noexcept;
  // All address space that it reserved, for runs and for its own records: every byte that it ever
  // commits lies there, and nothing else does.
  std::array<address_range, 2> ranges() const noexcept;
  // Recomputes the invariants; false if one is broken. O(chunks).
  bool audit() const noexcept;

  // Around a fork: between the two, no other thread is within this source.
  void lock_all() noexcept;
  void unlock_all() noexcept;

 private:
  struct state;

  std::size_t offset_of(const void* address) const noexcept {
    return static_cast<std::size_t>(reinterpret_cast<std::uintptr_t>(address) - base_);
  }

  std::uintptr_t base_ = 0;
  std::size_t bytes_ = 0;
  std::atomic<void*>* owners_ = nullptr;
  const node_id* homes_ = nullptr;
  std::size_t homes_count_ = 0;
  unsigned page_shift_ = 0;
  unsigned slot_shift_ = 0;
  std::unique_ptr<state> state_;
};

}  // namespace nearmem
