#include <algorithm>

#include <nearmem/accounting/budget_exceeded.hpp>
#include <nearmem/accounting/budget_hold.hpp>
#include <nearmem/accounting/contract.hpp>

namespace nearmem {
namespace {

// Newest first.
constinit thread_local budget_hold* holds_of_thread = nullptr;

}  // namespace

budget_hold::budget_hold(budget& on, std::size_t bytes) : on_(on), size_(bytes) {
  if (const budget::refusal refused = reserve()) throw budget_exceeded(on, bytes, refused);
}

budget_hold::budget_hold(budget& on, std::size_t bytes, std::nothrow_t) noexcept
    : on_(on), size_(bytes) {
  reserve();
}

budget_hold::~budget_hold() {
  if (active_) release();
}

// Other holds of this thread do not pay for a new one: their bytes are promised already.
budget::refusal budget_hold::reserve() noexcept {
  for (budget* at = &on_; at != nullptr; at = at->parent_) {
    if (!at->take_total(size_)) {
      at->refusals_.fetch_add(1, std::memory_order_relaxed);
      for (budget* below = &on_; below != at; below = below->parent_)
        below->give_held(size_);
      return {at, false};
    }
    at->held_.fetch_add(size_, std::memory_order_relaxed);
  }
  remaining_ = size_;
  active_ = true;
  older_ = holds_of_thread;
  holds_of_thread = this;
  return {};
}

void budget_hold::release() noexcept {
  expects(active_, "a budget_hold was released twice, or never held anything");
  if (!active_) return;
  budget_hold** link = &holds_of_thread;
  while (*link != nullptr && *link != this)
    link = &(*link)->older_;
  if (*link == nullptr) {
    contract_violation("a budget_hold was released by a thread that did not make it");
  }
  *link = older_;
  for (budget* at = &on_; at != nullptr; at = at->parent_)
    at->give_held(remaining_);
  remaining_ = 0;
  active_ = false;
}

std::size_t budget_hold::payable(const budget& level, std::size_t bytes) noexcept {
  std::size_t paid = 0;
  for (const budget_hold* hold = holds_of_thread; hold != nullptr; hold = hold->older_) {
    if (&hold->on_ == &level) paid += std::min(hold->remaining_, bytes - paid);
  }
  return paid;
}

std::size_t budget_hold::draw(const budget& level, std::size_t bytes) noexcept {
  std::size_t paid = 0;
  for (budget_hold* hold = holds_of_thread; hold != nullptr; hold = hold->older_) {
    if (&hold->on_ != &level) continue;
    hold->last_draw_ = std::min(hold->remaining_, bytes - paid);
    hold->remaining_ -= hold->last_draw_;
    paid += hold->last_draw_;
  }
  return paid;
}

std::size_t budget_hold::undraw(const budget& level) noexcept {
  std::size_t returned = 0;
  for (budget_hold* hold = holds_of_thread; hold != nullptr; hold = hold->older_) {
    if (&hold->on_ != &level) continue;
    hold->remaining_ += hold->last_draw_;
    returned += hold->last_draw_;
    hold->last_draw_ = 0;
  }
  return returned;
}

std::size_t budget_hold::top_up(const budget& level, std::size_t bytes) noexcept {
  std::size_t kept = 0;
  for (budget_hold* hold = holds_of_thread; hold != nullptr; hold = hold->older_) {
    if (&hold->on_ != &level) continue;
    const std::size_t more = std::min(hold->size_ - hold->remaining_, bytes - kept);
    hold->remaining_ += more;
    kept += more;
  }
  return kept;
}

}  // namespace nearmem
