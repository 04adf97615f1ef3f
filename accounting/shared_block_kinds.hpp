#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <typeinfo>

#include <nearmem/accounting/accounted_resource.hpp>
#include <nearmem/accounting/block_charge.hpp>

namespace nearmem {

// The control blocks that allocate_shared made with allocators of accounted resources, by their
// dynamic type: so that any owner of one, whatever its static type, is charged what its resource
// charges.
//
//   first ─► kind ─► kind ─► ...      one for each type of block that was ever allocated
//              │ type, block, resource_behind(control)
//
// An allocator enlists the type when it is asked for the first block of it. Kinds are static
// objects and never taken out: a shared library that made such blocks must stay loaded (g++'s do,
// as its templates' static objects are unique in a process). Thread rule: any.
class shared_block_kinds {
 public:
  struct kind {
    const std::type_info* type;
    block_shape block;
    const accounted_resource* (*resource_behind)(const void* control);
    kind* next = nullptr;
  };

  // Takes no memory. Requires an object that lives as long as the process.
  static void enlist(kind& one) noexcept {
    one.next = first.load(std::memory_order_relaxed);
    while (!first.compare_exchange_weak(one.next, &one, std::memory_order_release,
                                        std::memory_order_relaxed)) {
    }
  }
  // The kind of a type, or nullptr. O(kinds).
  static const kind* find(const std::type_info& type) noexcept {
    const kind* at = first.load(std::memory_order_acquire);
    while (at != nullptr && *at->type != type)
      at = at->next;
    return at;
  }

 private:
  static inline std::atomic<kind*> first{nullptr};
};

}  // namespace nearmem
