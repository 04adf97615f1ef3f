#pragma once

#include <cstddef>
#include <new>

#include <nearmem/accounting/budget.hpp>

namespace nearmem {

// Bytes reserved on a budget ahead of an insert, so that the insert cannot be refused halfway.
//
//     budget_hold hold(mempool, incremental_acquisition_bound(entries));   // here, or not at all
//     entries.emplace(...);                                                // draws on the hold
//
// What to reserve is not the bytes of the objects, as a resource is charged for pages, in runs:
// incremental_acquisition_bound() (see dynamic_usage.hpp) tells what the next element may make its
// container's resource take, and accounted_resource::acquisition_bound() what any one block may.
// What was reserved and not needed goes back when the hold ends.
//
// The rule: a hold belongs to the thread that made it. While it lives, what this thread charges to
// the held budget, or to one below it, is drawn from the hold before anything fresh is taken, there
// and at every level above; what this thread refunds there tops the hold up again, to its size at
// most. So the thread's net growth under the hold, up to its size, is never refused by the held
// budget or one above (levels below it and limits of nodes are not reserved). With several holds,
// those nearest to the charged budget pay first, and on one budget the newest.
//
// Invariants
//  1. remaining() <= size(); remaining() bytes are part of used() and of held() of the budget and
//     of every budget above it.
//  2. A refused charge, or pages that were charged and not got, leave remaining() as it was.
//
// Thread rule: one owner, the thread that made it, which also ends it.
class budget_hold {
 public:
  // Reserves, or throws budget_exceeded. Runs no callback: admit() before it, where that is wanted.
  budget_hold(budget& on, std::size_t bytes);
  // Reserves if it can; otherwise the hold is empty and false.
  budget_hold(budget& on, std::size_t bytes, std::nothrow_t) noexcept;
  ~budget_hold();
  budget_hold(const budget_hold&) = delete;
  budget_hold& operator=(const budget_hold&) = delete;

  // True until released, if the bytes were got.
  explicit operator bool() const noexcept { return active_; }
  std::size_t size() const noexcept { return size_; }
  std::size_t remaining() const noexcept { return remaining_; }

  // Gives what is left back to the budget now. To release a hold twice, or one that is empty,
  // breaks the contract: checked builds end the process, fast ones do nothing.
  void release() noexcept;

 private:
  friend class budget;

  // What this thread's holds on `level` can pay of `bytes`.
  static std::size_t payable(const budget& level, std::size_t bytes) noexcept;
  // Has them pay it, and returns how much they did.
  static std::size_t draw(const budget& level, std::size_t bytes) noexcept;
  // Takes the last draw on `level` back, and returns how much it was.
  static std::size_t undraw(const budget& level) noexcept;
  // Tops them up from refunded bytes, and returns by how much.
  static std::size_t top_up(const budget& level, std::size_t bytes) noexcept;

  budget::refusal reserve() noexcept;

  budget& on_;
  const std::size_t size_;
  std::size_t remaining_ = 0;
  std::size_t last_draw_ = 0;
  bool active_ = false;
  budget_hold* older_ = nullptr;  // this thread's next hold
};

}  // namespace nearmem
