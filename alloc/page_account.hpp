#pragma once

#include <atomic>
#include <cstddef>
#include <optional>

#include <nearmem/accounting/resource_usage.hpp>
#include <nearmem/alloc/node_descriptors.hpp>
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
// Thread rule: one owner; the counters may be read by any thread.
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

  std::size_t footprint() const noexcept { return footprint_.load(std::memory_order_relaxed); }
  std::size_t peak_footprint() const noexcept { return peak_.load(std::memory_order_relaxed); }
  std::size_t metadata() const noexcept { return metadata_.load(std::memory_order_relaxed); }
  node_usage usage(node_id node) const noexcept { return counters_.usage(node); }

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
  // Counts a granted run, which was charged to one node, where it lies; or returns it.
  page_failure book(page_grant& grant, node_id charged) noexcept;
  void give(const page_record& record) noexcept;
  // Calls visit(node, bytes) for every node that a run is counted on.
  template <class Visit>
  void for_each_share(page_run run, node_id node, Visit visit) const noexcept;
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
  std::atomic<std::size_t> footprint_{0};
  std::atomic<std::size_t> peak_{0};
  std::atomic<std::size_t> metadata_{0};
};

}  // namespace nearmem
