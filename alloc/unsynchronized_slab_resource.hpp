#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include <nearmem/accounting/accounted_resource.hpp>
#include <nearmem/accounting/contract.hpp>
#include <nearmem/alloc/class_offsets.hpp>
#include <nearmem/alloc/large_blocks.hpp>
#include <nearmem/alloc/page_account.hpp>
#include <nearmem/alloc/residency.hpp>
#include <nearmem/alloc/resource_listing.hpp>
#include <nearmem/alloc/resource_options.hpp>
#include <nearmem/alloc/size_class.hpp>
#include <nearmem/alloc/slab_bin.hpp>

namespace nearmem {

// Blocks of any size for one thread: the counterpart of std::pmr::unsynchronized_pool_resource and
// of Bitcoin Core's PoolResource, but it counts every byte and gives memory back.
//
//   request ──┬─ up to 32 KiB, alignment up to 64 ─► bins_[size_class::index()] ─► slabs
//             ├─ more alignment, small ────────────► a cell with room to align within
//             └─ the rest ─────────────────────────► large_: a run of pages
//
// Cells are packed at 16 bytes by default; options.cell_alignment spreads every class's cells to
// multiples of it (64: no two blocks share a cache line).
//
// Invariants (audit() recomputes them)
//  1. footprint == charged + unused + metadata; footprint == bytes of all slabs, large blocks and
//     descriptor runs.
//  2. charged == sum over live blocks of their charge_for.
//  3. Those of every bin and of the large blocks.
//
// An allocation that the pages below refuse gives back what is free and tries once more. Requests
// of 0 bytes get a cell of their own.
//
// Constructing takes no memory; an empty one holds none after trim().
// Thread rule: one owner; usage() may be called by any thread.
class unsynchronized_slab_resource final : public accounted_resource {
 public:
  unsynchronized_slab_resource() : unsynchronized_slab_resource(resource_options{}) {}
  explicit unsynchronized_slab_resource(const resource_options& options);
  ~unsynchronized_slab_resource() override { release(); }
  unsynchronized_slab_resource(const unsynchronized_slab_resource&) = delete;
  unsynchronized_slab_resource& operator=(const unsynchronized_slab_resource&) = delete;

  // As std::pmr::memory_resource's, without the virtual call. Throws budget_exceeded,
  // binding_error or std::bad_alloc. Amortised O(1).
  [[nodiscard]] void* allocate(std::size_t bytes,
                               std::size_t alignment = alignof(std::max_align_t)) {
    expects(std::has_single_bit(alignment), "slab resource: the alignment is not a power of two");
    void* cell = nullptr;
    if (offsets_.serves(bytes, alignment) && offsets_.bin_of(bins_, bytes, alignment).try_pop(cell))
        [[likely]] {
      return cell;
    }
    return allocate_fallback(bytes, alignment);
  }

  // Requires a block of this resource and the size and alignment it was asked for with; checked
  // builds verify all of it. Amortised O(1).
  void deallocate(void* address, std::size_t bytes,
                  std::size_t alignment = alignof(std::max_align_t)) noexcept {
    if constexpr (build_checks != check_level::fast) expect_live(address, bytes, alignment);
    if (offsets_.serves(bytes, alignment) &&
        offsets_.bin_of(bins_, bytes, alignment).try_push(address)) [[likely]] {
      return;
    }
    deallocate_fallback(address, bytes, alignment);
  }

  // The bytes of the request's cell, or of its 4096-byte pages.
  std::size_t charge_for(std::size_t bytes, std::size_t alignment) const noexcept override;
  // A slab and three descriptors, or a run and one; the ledger's growth where it is due.
  std::size_t acquisition_bound(std::size_t bytes, std::size_t alignment) const noexcept override;
  resource_usage usage() const noexcept override;
  node_usage usage(node_id node) const noexcept override { return pages_.usage(node); }
  std::size_t footprint() const noexcept { return pages_.footprint(); }
  const resource_options& options() const noexcept { return pages_.options(); }
  // A line for every class of cells that has slabs, for statistics. Any thread.
  void describe(resource_description& into) const;

  // Gives what is free back to the pages below; returns its bytes. O(slabs that are empty).
  std::size_t trim() noexcept;
  // Takes every block back, whoever uses it. O(slabs).
  void release() noexcept;

  // Where its pages really lie, and bringing the misplaced ones home; see residency.hpp. Owner
  // only.
  residency_report audit_residency(const residency_options& how = {}) {
    return nearmem::audit_residency(pages_, how);
  }
  residency_repair repair_residency() noexcept { return nearmem::repair_residency(pages_); }

  // Recomputes the invariants; false if one is broken. O(slabs). Owner only.
  bool audit() noexcept;

 private:
  void* allocate_fallback(std::size_t bytes, std::size_t alignment);
  void* try_allocate(std::size_t bytes, std::size_t alignment, page_grant& why) noexcept;
  void deallocate_fallback(void* address, std::size_t bytes, std::size_t alignment) noexcept;
  void put(slab_bin& bin, void* cell) noexcept;
  void expect_live(void* address, std::size_t bytes, std::size_t alignment) noexcept;

  void* do_allocate(std::size_t bytes, std::size_t alignment) override {
    return allocate(bytes, alignment);
  }
  void do_deallocate(void* address, std::size_t bytes, std::size_t alignment) override {
    deallocate(address, bytes, alignment);
  }
  bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
    return this == &other;
  }

  std::array<slab_bin, size_class::count> bins_;
  class_offsets<std::uint16_t> offsets_{sizeof(slab_bin)};
  large_blocks large_;
  page_account pages_;
  resource_listing<unsynchronized_slab_resource> listing_{*this};
};

}  // namespace nearmem
