#pragma once

#include <concepts>
#include <cstddef>
#include <memory_resource>
#include <type_traits>

#include <nearmem/accounting/accounted_resource.hpp>
#include <nearmem/accounting/malloc_model.hpp>

namespace nearmem {

// Bytes and alignment of one block, as its owner asks an allocator for it.
struct block_shape {
  std::size_t bytes = 0;
  std::size_t alignment = 1;

  friend constexpr bool operator==(const block_shape&, const block_shape&) = default;
};

template <class T>
inline constexpr block_shape shape_of{sizeof(T), alignof(T)};

// The one place that decides what a block is charged.
//
//   allocator or deleter ── has resource()? ──┬─ derived from accounted_resource, statically ─┐
//                                             ├─ memory_resource, dynamic_cast finds one ─────┤
//                                             │                                         charge_for
//                                             └─ any other, or none ── malloc_usage
//
// so that an allocator need not be known here by name.

// A source that charges for its blocks by itself, named by its static type (calls to a final class
// are direct) or by its face; null where only malloc's model is left.
template <std::derived_from<accounted_resource> Resource>
struct charging_memory {
  const Resource* resource = nullptr;

  std::size_t charge(block_shape block) const noexcept {
    if (resource == nullptr) return malloc_usage(block.bytes);
    return resource->charge_for(block.bytes, block.alignment);
  }
};

// The heap behind new and std::allocator.
struct modelled_memory {
  malloc_model model = malloc_model::bitcoin_core;

  constexpr std::size_t charge(block_shape block) const noexcept {
    return malloc_usage(block.bytes, model);
  }
};

// A resource's address, whether it is named by pointer or by reference.
template <class Named>
constexpr const auto* address_of_resource(const Named& named) noexcept {
  if constexpr (std::is_pointer_v<Named>) {
    return named;
  } else {
    return &named;
  }
}

// Says what accounted resource stands behind a resource of another kind than std::pmr's: specialise
// it with `static const accounted_resource* of(const Resource&)`, null where there is none.
template <class Resource>
struct accounted_resource_behind {};

// What stands behind an allocator, or behind a deleter. O(1); a dynamic_cast for std::pmr.
template <class Owner>
auto memory_behind(const Owner& owner) noexcept {
  if constexpr (requires { address_of_resource(owner.resource()); }) {
    const auto* resource = address_of_resource(owner.resource());
    using resource_type = std::remove_cv_t<std::remove_pointer_t<decltype(resource)>>;
    if constexpr (std::derived_from<resource_type, accounted_resource>) {
      return charging_memory<resource_type>{resource};
    } else if constexpr (std::derived_from<resource_type, std::pmr::memory_resource>) {
      return charging_memory<accounted_resource>{dynamic_cast<const accounted_resource*>(resource)};
    } else if constexpr (requires { accounted_resource_behind<resource_type>::of(*resource); }) {
      return charging_memory<accounted_resource>{
          accounted_resource_behind<resource_type>::of(*resource)};
    } else {
      return modelled_memory{};
    }
  } else {
    return modelled_memory{};
  }
}

}  // namespace nearmem
