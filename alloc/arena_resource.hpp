#pragma once

#include <cstddef>
#include <utility>

#include <nearmem/accounting/accounted_resource.hpp>
#include <nearmem/alloc/arena.hpp>

namespace nearmem {

// An arena behind std::pmr: the counterpart of std::pmr::monotonic_buffer_resource.
//
// A deallocated block moves from charged to unused; its bytes can be handed out again only if it
// was the last one handed out, or after reset() or release(). Gaps for alignment are unused, so a
// block is charged what was asked for.
//
// Thread rule: one owner; usage(), memory_usage() and footprint() may be called by any thread.
class arena_resource final : public accounted_resource {
 public:
  arena_resource() = default;
  explicit arena_resource(const arena_options& options) : arena_(options) {}
  explicit arena_resource(resource_options options) : arena_(std::move(options)) {}

  // As std::pmr::memory_resource's, without the virtual call.
  [[nodiscard]] void* allocate(std::size_t bytes,
                               std::size_t alignment = alignof(std::max_align_t)) {
    return arena_.allocate_aligned(bytes, alignment);
  }
  void deallocate(void* address, std::size_t bytes,
                  std::size_t alignment = alignof(std::max_align_t)) noexcept {
    arena_.forget(address, bytes, alignment);
  }

  // Take every block back, whoever uses it; see arena.
  void reset() noexcept { arena_.reset(); }
  void release() noexcept { arena_.release(); }
  std::size_t trim() noexcept { return arena_.trim(); }

  // `bytes`, whatever the alignment.
  std::size_t charge_for(std::size_t bytes, std::size_t alignment) const noexcept override;
  std::size_t acquisition_bound(std::size_t bytes, std::size_t) const noexcept override {
    return arena_.acquisition_bound(bytes);
  }
  resource_usage usage() const noexcept override { return arena_.usage(); }
  node_usage usage(node_id node) const noexcept override { return arena_.usage(node); }
  std::size_t memory_usage() const noexcept { return arena_.memory_usage(); }
  std::size_t footprint() const noexcept { return arena_.footprint(); }
  const resource_options& options() const noexcept { return arena_.options(); }

  residency_report audit_residency(const residency_options& how = {}) {
    return arena_.audit_residency(how);
  }
  residency_repair repair_residency() noexcept { return arena_.repair_residency(); }

  bool audit() const noexcept { return arena_.audit(); }

 private:
  void* do_allocate(std::size_t bytes, std::size_t alignment) override {
    return allocate(bytes, alignment);
  }
  void do_deallocate(void* address, std::size_t bytes, std::size_t alignment) override {
    deallocate(address, bytes, alignment);
  }
  bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
    return this == &other;
  }

  arena arena_;
};

}  // namespace nearmem
