#pragma once

#include <cstddef>
#include <optional>

#include <nearmem/accounting/resource_usage.hpp>
#include <nearmem/alloc/node_descriptors.hpp>
#include <nearmem/alloc/owner_counter.hpp>
#include <nearmem/alloc/owner_version.hpp>
#include <nearmem/alloc/page_counters.hpp>
#include <nearmem/alloc/page_ledger.hpp>
#include <nearmem/alloc/page_request.hpp>
#include <nearmem/alloc/page_source.hpp>
#include <nearmem/alloc/resource_options.hpp>

namespace nearmem {

// One resource's account with a page source: what it took, on which nodes, at whose expense; and
// the heap of its descriptors, which lie in pages of their own.
//
//   resource ── page_account ──┬─ budget        charged before a page is populated
//                              ├─ page_source   runs of pages
//                              ├─ ledger_       every run that is out, for audits and releases
//                              ├─ counters_     the same by node
//                              └─ descriptors_  small cells in runs of their own, by node
//
// Invariants
//  1. footprint() == sum over nodes of usage(node).footprint == bytes of the runs that are out,
//     those of the descriptors included.
//  2. The budget is charged exactly footprint().
//  3. metadata() == bytes of the runs that hold descriptors and of the one that holds the ledger
//     of more than a few runs.
//
// Constructing takes nothing, not even the process's page source. When all runs and descriptors
// came back, footprint() is 0.
// Thread rule: one owner; the counters may be read by any thread, those that belong together under
// `version`. A resource that counts live blocks beside it lets its counts grow after the footprint
// and shrink before it, so that a reader finds charged + metadata <= footprint.
class page_account {
 public:
  explicit page_account(const resource_options& options);
  ~page_account();  // requires that every run and every descriptor came back
  page_account(const page_account&) = delete;
  page_account& operator=(const page_account&) = delete;

  // A run of at least `bytes`, aligned to `alignment`, placed and paid for as the options say.
  // A failed grant changes nothing.
  page_grant acquire(std::size_t bytes, std::size_t alignment = 1) noexcept;
  void release(page_run run) noexcept;

  // Throws what a failed grant deserves: budget_exceeded, binding_error or std::bad_alloc.
  [[noreturn]] void throw_failure(const page_grant& grant) const;

  // Memory for one descriptor, aligned to 64 bytes, or nullptr with the reason in `why`; on the
  // node that a run acquired now would be wanted on.
  void* make_descriptor(std::size_t bytes, page_grant& why) noexcept;
  void drop_descriptor(void* descriptor, std::size_t bytes) noexcept;

  std::size_t footprint() const noexcept { return footprint_.get(); }
  std::size_t peak_footprint() const noexcept { return peak_.get(); }
  std::size_t metadata() const noexcept { return metadata_.get(); }
  node_usage usage(node_id node) const noexcept { return counters_.usage(node); }
  // Of the counters, and of what a resource counts with them.
  owner_version version;

  // The bytes of the run that acquire(bytes) would give; nothing where no run can be so large.
  std::optional<std::size_t> run_bytes(std::size_t bytes) noexcept;

  // At most what the budget is charged by one acquire(bytes) with so many descriptors of up to
  // `descriptor_bytes` each, beside `others` runs that other threads may take meanwhile. The
  // largest number there is where no run can be so large.
  std::size_t acquisition_bound(std::size_t bytes, std::size_t descriptors,
                                std::size_t descriptor_bytes,
                                std::size_t others = 0) const noexcept;

  // What to take at once at most where a request needs less: a chunk, less under a small budget.
  std::size_t quantum() const noexcept;

  // The source, found at first use. Requires that the options name one or that the process's can
  // be had, which only a process without address space denies.
  page_source& source() noexcept;
  const resource_options& options() const noexcept { return options_; }

  // Calls visit(const page_record&) for every run that is out. Owner only.
  template <class Visit>
  void for_each_run(Visit visit) const {
    ledger_.for_each(visit);
  }
  // Notes what an audit found, per node; see residency.hpp. Owner only.
  void clear_misplaced() noexcept { counters_.clear_misplaced(); }
  void note_misplaced(node_id node, std::size_t bytes) noexcept;
  // Recomputes the invariants that need no look at the budget. Owner only. O(runs).
  bool audit() const noexcept;

 private:
  class metadata_pages;  // lends the account's pages to its descriptors

  page_source* find_source() noexcept;
  page_source* known_source() const noexcept;
  // A run with budget and counters, but not in the ledger.
  page_grant take(const page_request& request) noexcept;
  // Pays for a granted run, which was charged to one node, where it lies; or returns it.
  page_failure book(page_grant& grant, node_id charged) noexcept;
  void count(const page_grant& grant) noexcept;
  void give(const page_record& record) noexcept;
  bool make_room_in_ledger(page_grant& why) noexcept;
  void shrink_ledger() noexcept;
  page_request request_for(std::size_t bytes, std::size_t alignment) const noexcept;
  page_grant acquire(const page_request& request) noexcept;

  page_grant take_metadata(std::size_t bytes) noexcept;
  void give_metadata(page_run run) noexcept;

  static constexpr std::size_t runs_between_looks = 1024;  // or as many as are out

  resource_options options_;
  page_source* source_;
  page_ledger ledger_;
  page_counters counters_;
  node_descriptors descriptors_;
  std::size_t runs_until_look_ = runs_between_looks;  // until look_again() of residency.hpp
  owner_counter footprint_;
  owner_counter peak_;
  owner_counter metadata_;
};

}  // namespace nearmem
