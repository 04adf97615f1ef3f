#include "examples/fullnode/metered_resource.hpp"

#include <nearmem/accounting/budget.hpp>
#include <nearmem/accounting/budget_exceeded.hpp>

namespace nearmem::fullnode {
namespace {

constexpr node_id where_malloc_is_booked{0};

}  // namespace

resource_usage metered_resource::usage() const noexcept {
  resource_usage all;
  all.charged = charged_.load(std::memory_order_relaxed);
  all.footprint = all.charged;
  all.peak_footprint = peak_.load(std::memory_order_relaxed);
  all.blocks = blocks_.load(std::memory_order_relaxed);
  return settled(all);
}

node_usage metered_resource::usage(node_id node) const noexcept {
  node_usage here;
  if (node == where_malloc_is_booked) here.footprint = charged_.load(std::memory_order_relaxed);
  return here;
}

void* metered_resource::do_allocate(std::size_t bytes, std::size_t alignment) {
  const std::size_t charge = malloc_usage(bytes);
  if (payer_ != nullptr) {
    if (const budget::refusal refused = payer_->try_charge(charge, where_malloc_is_booked)) {
      throw budget_exceeded(*payer_, charge, refused);
    }
  }
  void* block = nullptr;
  try {
    block = below_.allocate(bytes, alignment);
  } catch (...) {
    if (payer_ != nullptr) payer_->refund(charge, where_malloc_is_booked);
    throw;
  }
  const std::size_t now = charged_.fetch_add(charge, std::memory_order_relaxed) + charge;
  blocks_.fetch_add(1, std::memory_order_relaxed);
  std::size_t peak = peak_.load(std::memory_order_relaxed);
  while (peak < now && !peak_.compare_exchange_weak(peak, now, std::memory_order_relaxed)) {
  }
  return block;
}

void metered_resource::do_deallocate(void* block, std::size_t bytes, std::size_t alignment) {
  const std::size_t charge = malloc_usage(bytes);
  below_.deallocate(block, bytes, alignment);
  charged_.fetch_sub(charge, std::memory_order_relaxed);
  blocks_.fetch_sub(1, std::memory_order_relaxed);
  if (payer_ != nullptr) payer_->refund(charge, where_malloc_is_booked);
}

}  // namespace nearmem::fullnode
