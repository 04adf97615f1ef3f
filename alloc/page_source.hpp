#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include <nearmem/alloc/page_request.hpp>
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
//               ▲ base              each slot: 2^k bytes, cut into chunks of 2 MiB
//
// so that the home of any address is a subtraction and a shift. Every page has an owner word in a
// side table (see owner_of), which is how a block finds its slab.
//
// Invariants (audit() recomputes them)
//  1. A page is in at most one run; a run lies within one slot.
//  2. A page that is in no run is not committed.
//  3. Runs in a node's slot were read back on that node, if the machine is live and can tell.
//
// Thread rule: any.
class page_source {
 public:
  static constexpr std::size_t chunk_bytes = std::size_t{2} << 20;

  // The one of this process: discovered, probed, reserved at the first call; never destroyed.
  static page_source& process();

  // A source of its own. `calls` must outlive it. `slot_bytes` of 0 chooses; it is rounded up to a
  // power of two and shrinks until the reservation succeeds, down to 8 chunks.
  page_source(machine hardware, kernel& calls, std::size_t slot_bytes = 0);
  ~page_source();
  page_source(const page_source&) = delete;
  page_source& operator=(const page_source&) = delete;

  const nearmem::machine& hardware() const noexcept;
  std::size_t page_bytes() const noexcept;
  // What a real probe found this placement to come to here.
  binding_outcome probe(const placement& where) const noexcept;

  // Populated pages as asked, or the reason why not. Never throws.
  page_grant acquire(const page_request& request) noexcept;
  // Gives a whole run back; its memory returns to the kernel at once.
  void release(page_run run) noexcept;

  // The home of an address; empty for foreign addresses and for the slot without a home.
  std::optional<node_id> home_of(const void* address) const noexcept;
  bool contains(const void* address) const noexcept;

  // The word that set_owner() left for the page of `address`. Requires contains(address). O(1).
  void* owner_of(const void* address) const noexcept;
  // Names the owner of every page of a run that is out; released runs lose theirs.
  void set_owner(page_run run, void* owner) noexcept;

  page_source_usage own_usage() const noexcept;
  // Recomputes the invariants; false if one is broken. O(chunks).
  bool audit() const noexcept;
};

}  // namespace nearmem
