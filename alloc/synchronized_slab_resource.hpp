#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include <nearmem/accounting/accounted_resource.hpp>
#include <nearmem/accounting/contract.hpp>
#include <nearmem/alloc/class_offsets.hpp>
#include <nearmem/alloc/heap_registry.hpp>
#include <nearmem/alloc/residency.hpp>
#include <nearmem/alloc/resource_listing.hpp>
#include <nearmem/alloc/resource_options.hpp>
#include <nearmem/alloc/shared_slabs.hpp>

namespace nearmem {

// What the threads of a synchronized_slab_resource did to each other so far. No counter ever falls.
struct sharing_counts {
  std::size_t remote_frees = 0;       // cells freed into slabs that were not the thread's
  std::size_t remote_operations = 0;  // atomic operations that this took: chains sent, and claims
  std::size_t locks = 0;              // how often a lock was taken that threads share
};

// Blocks of any size for any number of threads: the counterpart of
// std::pmr::synchronized_pool_resource and of malloc, but it counts every byte, gives memory back,
// and every block goes home to the node that it came from.
//
//   thread A ─► heap: arrays, its slabs ──┐ depot of node 0 ──┐
//   thread B ─► heap: arrays, its slabs ──┘                   ├─ supply: account, pages, large
//   thread C ─► heap: arrays, its slabs ──── depot of node 1 ─┘
//     B frees A's block: into a chain of the slab's blocks, sent when it is long
//
// A thread allocates and frees its own without an atomic operation. A block that another thread
// frees goes back to the slab that it is of, many with one atomic operation; see thread_heap. A
// thread that ends leaves its slabs to its node. Size classes, charges and alignment are those of
// unsynchronized_slab_resource.
//
// What a thread that sleeps keeps, and nobody else can take: the cells of its arrays (at most 128
// of a class) and of its box (see remote_box), its slabs that were partly free when it fell asleep,
// with what others free into those, and one empty slab of a class, or as many as its tides have
// shown to be needed. Slabs that were full are nobody's. trim() by any thread takes what threads
// have left, and what the caller holds.
//
// Invariants (audit() recomputes them, while no thread works)
//  1. footprint == charged + unused + metadata == bytes of all slabs, large blocks and descriptors.
//  2. charged == sum over live blocks of their charge_for.
//  3. Every cell is in one place: in use, free in its slab, in one array, or in one chain.
//
// Constructing takes no memory. Late destructors of a thread, and threads without memory for a
// heap, are served too, slowly, under a lock. The resource may end before its threads. After fork()
// the child may use it; what other threads held there stays as it was. Thread rule: any; release(),
// audit() and destruction while no other thread works.
class synchronized_slab_resource final : public accounted_resource, private heap_owner {
 public:
  synchronized_slab_resource() : synchronized_slab_resource(resource_options{}) {}
  explicit synchronized_slab_resource(const resource_options& options);
  ~synchronized_slab_resource() override;
  synchronized_slab_resource(const synchronized_slab_resource&) = delete;
  synchronized_slab_resource& operator=(const synchronized_slab_resource&) = delete;

  // As std::pmr::memory_resource's, without the virtual call. Throws budget_exceeded,
  // binding_error or std::bad_alloc. Amortised O(1).
  [[nodiscard]] void* allocate(std::size_t bytes,
                               std::size_t alignment = alignof(std::max_align_t)) {
    expects(std::has_single_bit(alignment), "slab resource: the alignment is not a power of two");
    void* cell = nullptr;
    if (offsets_.serves(bytes, alignment) &&
        offsets_.bin_of(my_heap().bins(), bytes, alignment).try_pop(cell)) [[likely]] {
      return cell;
    }
    return allocate_fallback(bytes, alignment);
  }

  // Requires a block of this resource, from whatever thread, and the size and alignment that it was
  // asked for with; checked builds verify it. Never needs memory. Amortised O(1).
  void deallocate(void* address, std::size_t bytes,
                  std::size_t alignment = alignof(std::max_align_t)) noexcept {
    // By its size the bin is known before the slab has come from memory.
    deallocate_into(address, bytes, alignment, offsets_.serves(bytes, alignment),
                    [&](thread_heap& heap, const slab&) -> thread_bin& {
                      return offsets_.bin_of(heap.bins(), bytes, alignment);
                    });
  }

  // The bytes of the request's cell, or of its 4096-byte pages.
  std::size_t charge_for(std::size_t bytes, std::size_t alignment) const noexcept override;
  // With the calling thread's heap and its node's depot; what other threads take meanwhile may fill
  // the ledger, whose growth is always in it.
  std::size_t acquisition_bound(std::size_t bytes, std::size_t alignment) const noexcept override;
  resource_usage usage() const noexcept override;
  node_usage usage(node_id node) const noexcept override { return account().usage(node); }
  std::size_t footprint() const noexcept { return account().footprint(); }
  const resource_options& options() const noexcept { return account().options(); }
  // A line for every class of cells that has slabs, for statistics.
  void describe(resource_description& into) const;
  // Threads that have a heap, and what threads did to each other.
  std::size_t heaps_count() const noexcept;
  sharing_counts sharing() const noexcept;

  // Gives back what is free in the depots and with the calling thread; returns how much smaller the
  // footprint was made, if nobody else works.
  std::size_t trim() noexcept;
  void trim_from_any_thread() noexcept { trim(); }
  // Takes every block back, whoever uses it. O(slabs).
  void release() noexcept;

  // Where its pages really lie, and bringing the misplaced ones home; see residency.hpp. Nobody
  // gets new slabs meanwhile.
  residency_report audit_residency(const residency_options& how = {});
  residency_repair repair_residency() noexcept;

  // Recomputes the invariants; false if one is broken. Takes memory from the default heap.
  // O(cells).
  bool audit();

 private:
  thread_heap& my_heap() const noexcept {
    return heap_slots::at(slot_.load(std::memory_order_relaxed));
  }
  const page_account& account() const noexcept { return shared_.supply.account(); }
  std::size_t place_here() noexcept;
  thread_heap* find_heap() noexcept;
  thread_heap* find_heap_locked() noexcept;
  void learn_owners() noexcept;
  thread_heap* make_heap(page_grant& why) noexcept;
  void drop_heap(owned_heap& heap) noexcept;
  // Does `work` with a heap that lives no longer, for who has none.
  template <class Work>
  void with_passing_heap(Work work) noexcept;

  // Frees a block into the bin that bin_of(heap, slab) finds, if that may be asked.
  template <class BinOf>
  [[gnu::always_inline]] void deallocate_into(void* address, std::size_t bytes,
                                              std::size_t alignment, bool may_ask,
                                              BinOf bin_of) noexcept {
    if constexpr (build_checks != check_level::fast) expect_live(address, bytes, alignment);
    if (may_ask) [[likely]] {
      thread_heap& heap = my_heap();
      auto* const owner = static_cast<run_owner*>(owners_.owner_of(address));
      if (owner->last_heap() == heap.short_number()) [[likely]] {
        if (bin_of(heap, *static_cast<slab*>(owner)).try_push(address)) [[likely]]
          return;
      } else {
        return deallocate_unremembered(address, bytes, alignment, owner);
      }
    }
    deallocate_fallback(address, bytes, alignment);
  }
  void* allocate_fallback(std::size_t bytes, std::size_t alignment);
  void* try_allocate(std::size_t bytes, std::size_t alignment, page_grant& why) noexcept;
  void deallocate_unremembered(void* address, std::size_t bytes, std::size_t alignment,
                               run_owner* owner) noexcept;
  void deallocate_fallback(void* address, std::size_t bytes, std::size_t alignment) noexcept;
  void expect_live(void* address, std::size_t bytes, std::size_t alignment) noexcept;
  size_class_usage usage_of(std::size_t class_number) const noexcept;
  void count_out(const thread_heap& heap) noexcept;
  void drop_all_heaps() noexcept;
  void clear_depots() noexcept;
  bool audit_cells();

  void end_heap(owned_heap& heap) noexcept override { drop_heap(heap); }
  void lock_for_fork() noexcept override;
  void unlock_after_fork() noexcept override;
  owned_heap* heaps() noexcept override { return heaps_; }

  void* do_allocate(std::size_t bytes, std::size_t alignment) override {
    return allocate(bytes, alignment);
  }
  // By its slab, which takes four instructions less than by the size.
  void do_deallocate(void* address, std::size_t bytes, std::size_t alignment) override {
    deallocate_into(
        address, bytes, alignment, alignment <= size_class::largest_alignment,
        [](thread_heap& heap, const slab& home) -> thread_bin& { return heap.bin_at(home.bin()); });
  }
  bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
    return this == &other;
  }

  std::atomic<heap_slots::place> slot_;
  owner_table owners_;
  std::atomic<bool> knows_owners_{false};  // set before anything is handed out
  class_offsets<std::size_t> offsets_{sizeof(thread_bin)};
  shared_slabs shared_;

  // The heaps, and what was counted by those that are gone. Under census_.
  mutable counted_mutex census_;
  owned_heap* heaps_ = nullptr;
  std::atomic<bool> is_enlisted_{false};
  std::array<std::ptrdiff_t, size_class::count> in_use_of_gone_{};
  std::size_t remote_frees_of_gone_ = 0;
  std::size_t remote_operations_of_gone_ = 0;
  std::size_t locks_of_gone_ = 0;
  resource_listing<synchronized_slab_resource> listing_{*this};
};

}  // namespace nearmem
