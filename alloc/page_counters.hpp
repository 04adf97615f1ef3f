#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include <nearmem/accounting/resource_usage.hpp>
#include <nearmem/alloc/owner_counter.hpp>
#include <nearmem/topology/binding_outcome.hpp>
#include <nearmem/topology/node_id.hpp>

namespace nearmem {

// What an account has on one node. Written by the owner only.
struct page_counter {
  std::atomic<std::uint32_t> key{0};  // the node's number + 1; 0: unused
  owner_counter footprint;
  owner_counter spilled;
  owner_counter misplaced;
  std::atomic<binding_outcome> outcome{binding_outcome::first_touch};
};

// An account's counters by node: two in the object, which is all that most accounts ever need, the
// others in a table that is made when a third node turns up.
//
// Invariant: used entries come first, each node once. Thread rule: one owner writes; any thread
// reads.
class page_counters {
 public:
  page_counters() noexcept = default;
  page_counters(const page_counters&) = delete;
  page_counters& operator=(const page_counters&) = delete;

  // The counter of a node, made if need be; nullptr if there is no memory for the table. `nodes`
  // is the number of nodes that may ever be asked for. Owner only.
  page_counter* make(node_id node, std::size_t nodes) noexcept;
  page_counter* find(node_id node) noexcept;
  // Zeros for a node that has no counter. Any thread.
  node_usage usage(node_id node) const noexcept;
  // Forgets what audits found. Owner only.
  void clear_misplaced() noexcept;

 private:
  template <class Visit>
  bool visit(Visit visit_one) const noexcept;

  std::array<page_counter, 2> first_{};
  std::unique_ptr<page_counter[]> rest_owner_;
  std::atomic<page_counter*> rest_{nullptr};
  std::size_t rest_size_ = 0;  // written before rest_
};

}  // namespace nearmem
