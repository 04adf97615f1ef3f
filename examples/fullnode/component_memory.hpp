#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <memory_resource>
#include <string>

#include <nearmem/accounting/accounted_resource.hpp>
#include <nearmem/accounting/budget.hpp>
#include <nearmem/accounting/budget_exceeded.hpp>
#include <nearmem/accounting/budget_hold.hpp>
#include <nearmem/alloc/resource_options.hpp>

#include "examples/fullnode/resource_kind.hpp"
#include "examples/fullnode/run_sample.hpp"

namespace nearmem::fullnode {

// How a component's memory is made.
struct component_options {
  std::string name;
  std::size_t limit = 0;              // bytes of its budget
  nearmem::budget* parent = nullptr;  // the node's
  resource_kind kind = resource_kind::nearmem;
  page_source* pages = nullptr;  // nullptr: the process's
};

// A component's budget and the resource that lives on it, of whichever kind.
//
//   node's budget ── budget_ ◄── charged by ── resource_ ◄── the component's containers
//
// Invariants
//  1. footprint <= limit, at every instant.
//  2. The sum of dynamic_usage over the containers is what usage().charged says, to the byte; of a
//  pool
//     that does not count (std_pool) by the model of malloc, which need not be its footprint's.
//
// Thread rule: one owner at a time, as the resource has; sample() and usage() by any thread. With
// `shared`, any thread.
class component_memory {
 public:
  // `shared`: several threads use the resource at once.
  explicit component_memory(const component_options& options, bool shared = false);
  ~component_memory();
  component_memory(const component_memory&) = delete;
  component_memory& operator=(const component_memory&) = delete;

  accounted_resource& resource() noexcept { return *resource_; }
  nearmem::budget& budget() noexcept { return budget_; }
  const component_options& options() const noexcept { return options_; }
  // An arena's memory for one thing that goes as a whole, on the same budget. Such memory is no
  // part of usage(). Must not outlive this.
  std::shared_ptr<accounted_resource> make_arena();
  // What resources that are made elsewhere on the same budget take.
  resource_options nearmem_options();

  resource_usage usage() const noexcept;
  node_usage usage(node_id node) const noexcept { return bottom_->usage(node); }
  // True if `bytes` more fit, into what is free in the resource or in the budget.
  bool has_room(std::size_t bytes) const noexcept;
  // Makes the budget's reclaim callback let go of at least `bytes`, and of enough to be worth its
  // while: a small part of the limit. True if they fit then.
  bool make_room(std::size_t bytes);

  // Calls `insertion`, which takes about `bytes`, under a hold. Evicts before, and again where a
  // slab does not fit in what is left; false if that does not help. `insertion` must leave all as
  // it was when it throws, and is called again then.
  template <class Insertion>
  bool insert(std::size_t bytes, Insertion insertion) {
    if (!has_room(bytes)) make_room(bytes);
    const budget_hold hold(budget_, bytes, std::nothrow);
    for (std::size_t times = 1; times <= 32; times *= 2) {
      try {
        insertion();
        return true;
      } catch (const budget_exceeded& refused) {
        // What went may have left its pages half full: more has to go each time.
        const std::size_t most = std::max(refused.wanted(), budget_.limit() / 2);
        make_room(std::min(refused.wanted() * times, most));
      }
    }
    return false;
  }

  // Has `let_one_go` called until `bytes` less of the budget are in use, or it returns false, as it
  // has nothing more that may go. For things that go as a whole.
  template <class LetOneGo>
  void let_go(std::size_t bytes, LetOneGo let_one_go) {
    const std::size_t used = budget_.used();
    const std::size_t goal = used - std::min(used, bytes);
    while (budget_.used() > goal && let_one_go()) {
    }
  }

  // What is in use now may be the most so far, arenas included. Owner only.
  void note_peak() noexcept { peak_ = std::max(peak_, budget_.used() - budget_.held()); }

  // Gives what is free back to the system. Owner only.
  void trim() noexcept;
  // Name, limit and the resource's books; the rest is the component's to fill in.
  component_sample sample() const;
  // Adds the books of memory on the same budget that is no part of usage().
  static void add_books(component_sample& seen, const resource_usage& books) noexcept;

 private:
  component_options options_;
  nearmem::budget budget_;
  std::size_t peak_ = 0;  // as noted
  // Below a foreign resource, or nothing: see metered_resource.
  std::unique_ptr<accounted_resource> meter_;
  std::unique_ptr<std::pmr::memory_resource> pool_;
  std::unique_ptr<accounted_resource> resource_owner_;
  accounted_resource* resource_ = nullptr;      // what containers use
  const accounted_resource* bottom_ = nullptr;  // what the budget is charged by
};

}  // namespace nearmem::fullnode
