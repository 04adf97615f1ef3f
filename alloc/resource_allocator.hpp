#pragma once

#include <cstddef>
#include <limits>
#include <new>
#include <type_traits>

#include <nearmem/accounting/enlist_shared_block.hpp>

namespace nearmem {

// A standard allocator on a resource whose type is known: no virtual call, and where T's size is
// known the size class is too.
//
// Propagates as std::pmr::polymorphic_allocator does: not on copy assignment, move assignment or
// swap. A copy-constructed container keeps its source's resource, for unlike
// polymorphic_allocator there is no default resource to turn to. Equal if the resource is the same.
//
// Requires a resource that outlives what is allocated; Resource has allocate(bytes, alignment) and
// deallocate(address, bytes, alignment). Thread rule: the resource's.
template <class T, class Resource>
class resource_allocator {
 public:
  using value_type = T;
  using resource_type = Resource;
  using is_always_equal = std::false_type;

  // Implicit, as polymorphic_allocator's is: containers are constructed from &resource.
  resource_allocator(Resource* resource) noexcept  // NOLINT(google-explicit-constructor)
      : resource_(resource) {}
  template <class U>
  resource_allocator(const resource_allocator<U, Resource>& other) noexcept  // NOLINT
      : resource_(other.resource()) {}

  // Throws std::bad_array_new_length if the bytes cannot be counted, and what the resource throws.
  [[nodiscard]] T* allocate(std::size_t objects) {
    if (objects > std::numeric_limits<std::size_t>::max() / sizeof(T)) {
      throw std::bad_array_new_length();
    }
    enlist_shared_block<T>();
    return static_cast<T*>(resource_->allocate(objects * sizeof(T), alignof(T)));
  }
  void deallocate(T* address, std::size_t objects) noexcept {
    resource_->deallocate(address, objects * sizeof(T), alignof(T));
  }

  resource_allocator select_on_container_copy_construction() const noexcept { return *this; }
  Resource* resource() const noexcept { return resource_; }

  template <class U>
  friend bool operator==(const resource_allocator& a,
                         const resource_allocator<U, Resource>& b) noexcept {
    return a.resource() == b.resource();
  }

 private:
  Resource* resource_;
};

}  // namespace nearmem
