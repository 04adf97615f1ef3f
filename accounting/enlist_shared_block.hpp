#pragma once

#include <concepts>
#include <typeinfo>

#include <nearmem/accounting/shared_block_kinds.hpp>
#include <nearmem/accounting/standard_library.hpp>

namespace nearmem {

// For an allocator that is asked for T's: where T is a control block with an object in it, whose
// allocator names an accounted resource, every owner of such a block is recognised from here on.
// Nothing for any other T. The first call of a type enlists it; others cost a look at a flag.
// Thread rule: any.
template <class T>
void enlist_shared_block() noexcept {
#if defined(__cpp_rtti)
  if constexpr (is_shared_block<T>) {
    using memory = decltype(memory_behind(standard_library::allocator_in_block<T>(nullptr)));
    if constexpr (requires(const memory& of) {
                    { of.resource } -> std::convertible_to<const accounted_resource*>;
                  }) {
      static shared_block_kinds::kind one{
          &typeid(T), shape_of<T>, [](const void* control) -> const accounted_resource* {
            return memory_behind(standard_library::allocator_in_block<T>(control)).resource;
          }};
      [[maybe_unused]] static const bool is_enlisted = (shared_block_kinds::enlist(one), true);
    }
  }
#endif
}

}  // namespace nearmem
