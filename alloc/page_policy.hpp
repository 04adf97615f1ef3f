#pragma once

#include <optional>

#include <nearmem/alloc/kernel.hpp>
#include <nearmem/topology/binding_outcome.hpp>
#include <nearmem/topology/machine.hpp>
#include <nearmem/topology/placement.hpp>

namespace nearmem {

// Which nodes of a machine may serve a wish, and what to call the result, given the policy that the
// process was started under:
//
//   inherited     serves          what `local` means
//   default       every node      the thread's node
//   bind:S        only S          the member of S nearest to the thread
//   preferred:S   every node      the member of S nearest to the thread
//   interleave:S  every node      what the policy says: pages take turns on S, without a home
//   weighted:S    every node      the same, by the nodes' weights
//
// Nodes without memory never serve. Thread rule: immutable.
class page_policy {
 public:
  // May throw std::bad_alloc.
  page_policy(const machine& hardware, const kernel& calls);

  // Whether the kernel's calls concern this machine; if not, nothing is said to lie anywhere.
  bool places() const noexcept { return places_; }
  bool serves(node_id node) const noexcept { return serving_.contains(node); }
  const node_set& serving() const noexcept { return serving_; }
  // The nodes that `local` takes turns on; empty: it is near the thread.
  const node_set& local_turns() const noexcept { return local_turns_; }
  // Whether what is asked so takes turns by weight.
  bool takes_weighted_turns(const placement& where) const noexcept {
    return where.what() == placement::kind::weighted_interleave ||
           (where.what() == placement::kind::local && local_is_weighted_);
  }

  // The node to begin with when a thread on `here` asks for local memory.
  node_id local(node_id here) const noexcept;
  // The serving node nearest to `node`, itself if it serves.
  node_id nearest(node_id node) const noexcept;

  // What to report of memory near a node, where the kernel answered `error` to the slot's policy.
  binding_outcome outcome_near(const placement& where, node_id wanted, int error) const noexcept;
  // What an errno means for a policy that was refused.
  static binding_outcome outcome_of(int error) noexcept;
  // Why a node does not serve.
  binding_outcome why_not(node_id node) const noexcept;

 private:
  machine hardware_;
  bool places_;
  bool restricted_ = false;  // serving_ is less than the machine, by an inherited policy
  node_set serving_{};
  bool prefers_ = false;  // preferred_ is not empty, which threads ask again and again
  node_set preferred_{};
  node_set local_turns_{};
  bool local_is_weighted_ = false;
};

}  // namespace nearmem
