#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#include <nearmem/accounting/contract.hpp>
#include <nearmem/accounting/dynamic_usage_traits.hpp>
#include <nearmem/accounting/resource_usage.hpp>
#include <nearmem/alloc/account_usage.hpp>
#include <nearmem/alloc/page_account.hpp>
#include <nearmem/alloc/residency.hpp>
#include <nearmem/alloc/resource_listing.hpp>
#include <nearmem/alloc/resource_options.hpp>
#include <nearmem/alloc/slab_bin.hpp>
#include <nearmem/alloc/slab_return.hpp>

namespace nearmem {

// Objects of one type for one thread: the slab engine with the cell size known to the compiler.
//
// Cells begin at cache lines by default; options.cell_alignment asks for something else, and 1
// packs them as closely as T allows. `Checks` chooses what is verified, for this cache alone.
//
// `Return` says when slabs go back that have become empty (see slab_return), and what a pair of
// allocate() and deallocate() costs, on x86-64: 11 instructions, and slabs go back as they become
// empty; or 8 by_trim, and they go back by trim(), release() or the end alone, while the cache
// itself is 1 KiB larger. What a budget refuses other caches may lie in this one's empty slabs
// until then; what it refuses this one is tried again after a trim. Counts are exact either way.
//
// Objects that are not deleted when the cache goes are not destroyed; their memory goes back.
//
// Invariants: footprint == charged + unused + metadata; charged == blocks * charge_per_object();
// and those of slab_bin.
//
// Constructing takes no memory; an empty one holds none after trim().
// Thread rule: one owner; usage() may be called by any thread.
template <class T, check_level Checks = build_checks, slab_return Return = slab_return::when_empty>
class slab_cache {
  static_assert(alignof(T) <= 4096, "slab_cache: a slab is aligned to a page and no more");

 public:
  using value_type = T;

  slab_cache() : slab_cache(resource_options{}) {}
  explicit slab_cache(const resource_options& options) : pages_(options) {
    const std::size_t asked = options.cell_alignment == 0 ? line_bytes : options.cell_alignment;
    const std::size_t alignment = std::max(asked, alignof(T));
    bin_.configure((sizeof(T) + alignment - 1) & ~(alignment - 1), alignment);
    listing_.begin();
  }
  ~slab_cache() { release(); }
  slab_cache(const slab_cache&) = delete;
  slab_cache& operator=(const slab_cache&) = delete;

  // Makes an object. Throws budget_exceeded, binding_error or std::bad_alloc, or what T's
  // constructor throws. Amortised O(1).
  template <class... Arguments>
  [[nodiscard]] T* new_object(Arguments&&... arguments) {
    void* cell = allocate();
    if constexpr (std::is_nothrow_constructible_v<T, Arguments...>) {
      return ::new (cell) T(std::forward<Arguments>(arguments)...);
    } else {
      try {
        return ::new (cell) T(std::forward<Arguments>(arguments)...);
      } catch (...) {
        deallocate(cell);
        throw;
      }
    }
  }
  // Destroys an object that new_object() of this cache made; nullptr is ignored. Amortised O(1).
  void delete_object(T* object) noexcept {
    if (object == nullptr) return;
    std::destroy_at(object);
    deallocate(object);
  }

  // Memory for one T, without an object in it.
  [[nodiscard]] void* allocate() {
    void* cell = nullptr;
    if (bin_.try_pop(cell)) [[likely]]
      return cell;
    return allocate_fallback();
  }
  void deallocate(void* cell) noexcept {
    if constexpr (Checks != check_level::fast) {
      bin_.expect_live(pages_, cell);
      if constexpr (Checks == check_level::hardened) std::memset(cell, 0xdd, bin_.cell_bytes());
    }
    if (!bin_.try_push(cell)) [[unlikely]]
      deallocate_fallback(cell);
  }

  // Bytes that one object is charged: T rounded up to the cells' alignment.
  std::size_t charge_per_object() const noexcept { return bin_.cell_bytes(); }
  resource_usage usage() const noexcept {
    return pages_.version.read([this] {
      const size_class_usage cells = bin_.usage();
      return account_usage(pages_, cells.used * cells.cell_bytes, cells.used);
    });
  }
  node_usage usage(node_id node) const noexcept { return pages_.usage(node); }
  // Its cells and slabs, for statistics. Any thread.
  void describe(resource_description& into) const {
    into.kind = "slab_cache";
    into.where = options().where;
    into.size_classes.push_back(pages_.version.read([this] { return bin_.usage(); }));
  }
  const resource_options& options() const noexcept { return pages_.options(); }

  // Gives what is free back to the pages below; returns its bytes. O(slabs that are empty).
  std::size_t trim() noexcept { return bin_.trim(pages_); }
  // Takes every cell back, whoever uses it; destroys nothing. O(slabs).
  void release() noexcept { bin_.release(pages_); }

  // Where its pages really lie, and bringing the misplaced ones home; see residency.hpp. Owner
  // only.
  residency_report audit_residency(const residency_options& how = {}) {
    return nearmem::audit_residency(pages_, how);
  }
  residency_repair repair_residency() noexcept { return nearmem::repair_residency(pages_); }

  // Recomputes the invariants; false if one is broken. O(slabs). Owner only.
  bool audit() noexcept {
    std::size_t run_bytes = 0;
    if (!bin_.audit(pages_, run_bytes)) return false;
    const resource_usage now = usage();
    return now.footprint == run_bytes + now.metadata &&
           now.footprint == now.charged + now.unused + now.metadata;
  }

 private:
  static constexpr std::size_t line_bytes = 64;

  // Out of the way of the path that everybody takes.
  [[gnu::noinline]] void* allocate_fallback() {
    page_grant why;
    const bool filled = bin_.refill(pages_, why) || (trim() > 0 && bin_.refill(pages_, why));
    if (!filled) pages_.throw_failure(why);
    void* cell = nullptr;
    bin_.try_pop(cell);
    return cell;
  }

  [[gnu::noinline]] void deallocate_fallback(void* cell) noexcept {
    bin_.spill(pages_);
    bin_.try_push(cell);
  }

  basic_slab_bin<Return> bin_;
  page_account pages_;
  resource_listing<slab_cache> listing_{*this};
};

// What a cache owns: its live objects' cells.
template <class T, check_level Checks, slab_return Return>
struct dynamic_usage_traits<slab_cache<T, Checks, Return>> {
  template <class Sum>
  static void blocks(const slab_cache<T, Checks, Return>& cache, Sum& sum) {
    sum.add(cache.usage().charged);
  }
};

}  // namespace nearmem
