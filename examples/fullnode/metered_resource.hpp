#pragma once

#include <atomic>
#include <cstddef>
#include <memory_resource>

#include <nearmem/accounting/accounted_resource.hpp>
#include <nearmem/accounting/malloc_model.hpp>

namespace nearmem {
class budget;
}

namespace nearmem::fullnode {

// A resource that does not count, counted: each block at what Bitcoin Core's model of malloc says,
// and charged to a budget where there is one. How a foreign resource comes under the same books as
// nearmem's own.
//
//   component ──► meter ──► pool ──► meter ──► new, delete
//                 charged            footprint, budget
//
// Invariant: footprint == charged == sum over live blocks of their charge_for.
//
// Thread rule: that of what lies below; the counters are any thread's.
class metered_resource final : public accounted_resource {
 public:
  // Both must outlive it; `payer` may be nullptr.
  explicit metered_resource(std::pmr::memory_resource& below,
                            nearmem::budget* payer = nullptr) noexcept
      : below_(below), payer_(payer) {}
  metered_resource(const metered_resource&) = delete;
  metered_resource& operator=(const metered_resource&) = delete;

  std::size_t charge_for(std::size_t bytes, std::size_t /*alignment*/) const noexcept override {
    return malloc_usage(bytes);
  }
  std::size_t acquisition_bound(std::size_t bytes, std::size_t) const noexcept override {
    return malloc_usage(bytes);
  }
  resource_usage usage() const noexcept override;
  // All of it on node 0: malloc does not say where it lies.
  node_usage usage(node_id node) const noexcept override;

 private:
  // Throws budget_exceeded, and what lies below throws.
  void* do_allocate(std::size_t bytes, std::size_t alignment) override;
  void do_deallocate(void* block, std::size_t bytes, std::size_t alignment) override;
  bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
    return this == &other;
  }

  std::pmr::memory_resource& below_;
  nearmem::budget* payer_;
  std::atomic<std::size_t> charged_{0};
  std::atomic<std::size_t> peak_{0};
  std::atomic<std::size_t> blocks_{0};
};

}  // namespace nearmem::fullnode
