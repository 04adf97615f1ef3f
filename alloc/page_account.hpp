#pragma once

#include <atomic>
#include <cstddef>

#include <nearmem/accounting/resource_usage.hpp>
#include <nearmem/alloc/page_request.hpp>
#include <nearmem/alloc/page_source.hpp>
#include <nearmem/alloc/resource_options.hpp>

namespace nearmem {

// One resource's account with a page source: what it took, on which nodes, at whose expense; and
// the heap of its descriptors, which lie in pages of their own.
//
//   resource ── page_account ──┬─ budget        charged before a page is populated
//                              ├─ page_source   runs of pages
//                              └─ descriptors   small fixed-size cells in runs of their own
//
// Invariants
//  1. footprint() == sum over nodes of usage(node).footprint == bytes of the runs that are out,
//     those of the descriptors included.
//  2. The budget is charged exactly footprint().
//  3. metadata() == bytes of the runs that hold descriptors.
//
// Constructing takes nothing, not even the process's page source.
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
  [[noreturn]] void throw_failure(const page_grant& grant, std::size_t bytes) const;

  // Memory for one descriptor, aligned to 64 bytes, or nullptr with the reason in `why`.
  void* make_descriptor(std::size_t bytes, page_grant& why) noexcept;
  void drop_descriptor(void* descriptor, std::size_t bytes) noexcept;

  std::size_t footprint() const noexcept;
  std::size_t peak_footprint() const noexcept;
  std::size_t metadata() const noexcept;
  node_usage usage(node_id node) const noexcept;

  // The source, found at first use.
  page_source& source() noexcept;
  const resource_options& options() const noexcept;
};

}  // namespace nearmem
