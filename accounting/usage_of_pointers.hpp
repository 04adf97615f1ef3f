#pragma once

#include <cstddef>
#include <memory>
#include <memory_resource>
#include <tuple>
#include <type_traits>

#include <nearmem/accounting/dynamic_usage_traits.hpp>
#include <nearmem/accounting/shared_block_kinds.hpp>
#include <nearmem/accounting/standard_library.hpp>

namespace nearmem {

// Smart pointers own what they point to, as its static type: give a class that is deleted through
// its base traits of its own. Pointers to arrays do not know how many elements they own, and
// pointers to void not what; they are not covered.
template <class T>
concept pointee = std::is_object_v<T> && !std::is_array_v<T>;

// One block of sizeof(T). A deleter with a resource(), as an allocator's, says where it came from.
template <pointee T, class Deleter>
struct dynamic_usage_traits<std::unique_ptr<T, Deleter>> {
  using pointer = std::unique_ptr<T, Deleter>;

  template <class Sum>
  static void blocks(const pointer& x, Sum& sum) {
    if (x) sum.add(sum.memory(x.get_deleter()), shape_of<T>);
  }
  template <class Visit>
  static void elements(const pointer& x, Visit& visit) {
    if (x) visit(*x);
  }
};

// The allocators that a T's control block is tried for; specialise to have allocate_shared with one
// of your own recognised. Not needed for resource_allocator, nor for another that calls
// enlist_shared_block() when it allocates: their blocks are known by themselves.
template <class T>
struct shared_ptr_allocators {
  using types =
      std::tuple<std::allocator<void>, std::allocator<T>, std::pmr::polymorphic_allocator<T>,
                 std::pmr::polymorphic_allocator<std::byte>>;
};

// Counters and object: exact where the control block is recognised, else Bitcoin Core's worst case:
// two blocks from malloc. Recognised are
//
//   allocate_shared with a resource_allocator          by owners of any type: aliases, bases
//   make_shared, allocate_shared with                  by owners of exactly this T, const or not
//     one of shared_ptr_allocators<T>
//   new                                                by owners of exactly this T
//
// Not recognised, and so the worst case: make_shared and allocate_shared with standard allocators
// seen through a base or an alias, or with a polymorphic_allocator of a type other than T or
// std::byte; deleters of one's own; everything but new without run-time types.
template <class T>
struct shared_ownership {
  using object = std::remove_cv_t<T>;

  // Returns whether the object lies in the counters' block.
  template <class Sum>
  static bool add_counters([[maybe_unused]] const void* control, Sum& sum) {
    if (const auto* type = standard_library::type_of_block(control)) {
      if (const auto* kind = shared_block_kinds::find(*type)) {
        const auto* resource = kind->resource_behind(control);
        sum.add(sum.memory(enlisted_owner{resource}), kind->block);
        return true;
      }
    }
    if constexpr (!std::is_abstract_v<object> && std::is_destructible_v<object>) {
      using allocators = typename shared_ptr_allocators<object>::types;
      if (add_any(control, sum, static_cast<allocators*>(nullptr))) return true;
    }
    sum.add(sum.memory(malloc_owner{}), standard_library::counters_beside<T>);
    return false;
  }

  // What new took for an object that lies elsewhere than its counters.
  template <class Sum>
  static void add_object(Sum& sum) {
    sum.add(sum.memory(malloc_owner{}), shape_of<object>);
  }

 private:
  struct malloc_owner {};
  struct enlisted_owner {
    const accounted_resource* behind;
    const accounted_resource* resource() const noexcept { return behind; }
  };

  template <class Sum, class... Allocators>
  static bool add_any(const void* control, Sum& sum, std::tuple<Allocators...>*) {
    return (add_one<Allocators>(control, sum) || ...);
  }
  template <class Allocator, class Sum>
  static bool add_one(const void* control, Sum& sum) {
    const auto found = standard_library::shared_block_with<object, Allocator>(control);
    if (found.block.bytes == 0) return false;
    sum.add(sum.memory(*found.allocator), found.block);
    return true;
  }
};

template <pointee T>
struct dynamic_usage_traits<std::shared_ptr<T>> {
  template <class Sum>
  static void blocks(const std::shared_ptr<T>& x, Sum& sum) {
    const void* control = standard_library::control_block(x);
    if (control == nullptr) return;
    sum.add_shared(control, [&](auto& blocks) {
      const bool inside = shared_ownership<T>::add_counters(control, blocks);
      if (!inside && x != nullptr) shared_ownership<T>::add_object(blocks);
    });
  }
  template <class Visit>
  static void elements(const std::shared_ptr<T>& x, Visit& visit) {
    if (x != nullptr && standard_library::control_block(x) != nullptr) visit.shared(*x);
  }
};

// What a weak pointer keeps from being given back: the counters, and the room of an object that
// lies with them.
template <pointee T>
struct dynamic_usage_traits<std::weak_ptr<T>> {
  template <class Sum>
  static void blocks(const std::weak_ptr<T>& x, Sum& sum) {
    const void* control = standard_library::control_block(x);
    if (control == nullptr) return;
    sum.add_shared(control,
                   [&](auto& blocks) { shared_ownership<T>::add_counters(control, blocks); });
  }
};

}  // namespace nearmem
