#pragma once

#include <version>

// Empty with any other standard library.
#ifdef _LIBCPP_VERSION

#if _LIBCPP_VERSION < 160000 || _LIBCPP_ABI_VERSION != 1
#error "nearmem knows libc++ from LLVM 16 on, with its ABI version 1"
#endif

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <deque>
#include <forward_list>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <type_traits>
#include <typeinfo>
#include <unordered_map>
#include <vector>

#include <nearmem/accounting/block_charge.hpp>
#include <nearmem/accounting/standard_layout.hpp>

namespace nearmem {

// What libc++ (LLVM 16 and later, ABI version 1) hides. The tests hold every line of it to what a
// recording allocator sees, so that it cannot drift from the library in use.
struct libcxx {
  // Nodes. A hash node always keeps the hash code.
  template <class V>
  static constexpr block_shape list_node = shape_of<std::__list_node<V, void*>>;
  template <class V>
  static constexpr block_shape forward_list_node = shape_of<std::__forward_list_node<V, void*>>;
  template <class V>
  static constexpr block_shape tree_node = shape_of<std::__tree_node<V, void*>>;
  template <class Key, class V, class Hash>
  static constexpr block_shape hash_node = shape_of<std::__hash_node<V, void*>>;

  // Hash tables.
  template <class Table>
  static constexpr block_shape buckets(const Table&, std::size_t count) noexcept {
    return {count * sizeof(void*), alignof(void*)};
  }
  // Buckets after the insertion of one new key, as __hash_table's insertion and rehash compute
  // them: in float, and a power of two stays one.
  template <class Table>
  static std::size_t buckets_after_insertion(const Table& table) noexcept {
    const std::size_t size = table.size() + 1;
    const std::size_t count = table.bucket_count();
    const float load = table.max_load_factor();
    if (count != 0 && static_cast<float>(size) <= static_cast<float>(count) * load) return count;
    const bool power_of_two = count > 2 && (count & (count - 1)) == 0;
    const std::size_t wanted =
        std::max(2 * count + (power_of_two ? 0U : 1U),
                 static_cast<std::size_t>(std::ceil(static_cast<float>(size) / load)));
    if (wanted == 1) return std::max<std::size_t>(count, 2);
    const std::size_t rounded = (wanted & (wanted - 1)) != 0 ? std::__next_prime(wanted) : wanted;
    return std::max(count, rounded);
  }

  // Vectors double.
  template <class Vector>
  static std::size_t capacity_after_push_back(const Vector& vector) noexcept {
    const std::size_t capacity = vector.capacity();
    if (vector.size() < capacity) return capacity;
    if (capacity >= vector.max_size() / 2) return vector.max_size();
    return std::max<std::size_t>(2 * capacity, vector.size() + 1);
  }
  static constexpr block_shape bits(std::size_t capacity) noexcept {
    return {capacity / 8, alignof(std::size_t)};
  }
  template <class Allocator>
  static std::size_t capacity_after_push_back(const std::vector<bool, Allocator>& vector) noexcept {
    constexpr std::size_t word_bits = 8 * sizeof(std::size_t);
    const std::size_t capacity = vector.capacity();
    if (vector.size() < capacity) return capacity;
    if (capacity >= vector.max_size() / 2) return vector.max_size();
    return std::max<std::size_t>(2 * capacity, (vector.size() / word_bits + 1) * word_bits);
  }

  // Strings double, to a multiple of 8 bytes with the terminator, but never to the short capacity.
  template <class String>
  static std::size_t capacity_after_push_back_of_string(const String& string) noexcept {
    using character = typename String::value_type;
    constexpr std::size_t alignment = 8;
    constexpr std::size_t short_size =
        std::max<std::size_t>((3 * sizeof(void*) - 1) / sizeof(character), 2);
    constexpr std::size_t step = sizeof(character) < alignment ? alignment / sizeof(character) : 2;
    const std::size_t capacity = string.capacity();
    if (string.size() < capacity) return capacity;
    if (capacity >= string.max_size() / 2 - alignment) return string.max_size() - 1;
    const std::size_t wanted = std::max(capacity + 1, 2 * capacity);
    if (wanted < short_size) return short_size - 1;
    const std::size_t rounded = (wanted + 1 + step - 1) / step * step - 1;
    return rounded == short_size ? rounded + 2 : rounded;
  }

  // Deques keep spare blocks at both ends, and none when nothing was ever put in.
  template <class T, class Allocator>
  static deque_layout deque(const std::deque<T, Allocator>& deque) noexcept {
    const auto& inside = deque_inside(deque);
    return deque_of<T>(inside.map.size(), inside.map.capacity());
  }
  template <class T, class Allocator>
  static deque_layout deque_after_push_back(const std::deque<T, Allocator>& deque) noexcept {
    const auto& inside = deque_inside(deque);
    const std::size_t blocks = inside.map.size();
    const std::size_t slots = inside.map.capacity();
    const std::size_t capacity = blocks == 0 ? 0 : blocks * block_elements<T> - 1;
    const bool spare_behind = inside.start + deque.size() < capacity;
    const bool spare_before = inside.start >= block_elements<T>;
    if (spare_behind || spare_before) return deque_of<T>(blocks, slots);
    return deque_of<T>(blocks + 1, blocks < slots ? slots : std::max<std::size_t>(2 * slots, 1));
  }

  // The control block of a shared or a weak pointer: the second of its two words.
  template <class Pointer>
  static const void* control_block(const Pointer& pointer) noexcept {
    static_assert(sizeof(Pointer) == 2 * sizeof(void*));
    const void* control = nullptr;
    std::memcpy(&control, reinterpret_cast<const std::byte*>(&pointer) + sizeof(void*),
                sizeof control);
    return control;
  }
  // What is in front of a T that make_shared or allocate_shared put beside its counters.
  template <class T, class Allocator>
  static shared_block<Allocator> shared_block_with(const void* control) noexcept {
    if (const auto found = shared_block_of<T, Allocator>(control); found.block.bytes != 0) {
      return found;
    }
    return shared_block_of<const T, Allocator>(control);
  }
  // The type of the block that a control block is, or nullptr without run-time types.
  static const std::type_info* type_of_block([[maybe_unused]] const void* control) noexcept {
#if defined(__cpp_rtti)
    return &typeid(*static_cast<const std::__shared_weak_count*>(control));
#else
    return nullptr;
#endif
  }
  // The allocator in a block of allocate_shared. Requires is_shared_block<Block>.
  template <class Block>
  static const auto& allocator_in_block(const void* control) noexcept {
    const auto* counters = static_cast<const std::__shared_weak_count*>(control);
    return *const_cast<Block*>(static_cast<const Block*>(counters))->__get_alloc();
  }

  // Counters of their own, for a T that new made and delete takes.
  template <class T>
  static constexpr block_shape counters_beside = shape_of<
      std::__shared_ptr_pointer<T*, std::default_delete<T>, std::allocator<std::remove_cv_t<T>>>>;

 private:
  template <class T, class Allocator>
  static shared_block<Allocator> shared_block_of([[maybe_unused]] const void* control) noexcept {
#if defined(__cpp_rtti)
    using block = std::__shared_ptr_emplace<T, Allocator>;
    const auto* counters = static_cast<const std::__shared_weak_count*>(control);
    if (typeid(*counters) == typeid(block)) {
      return {shape_of<block>,
              const_cast<block*>(static_cast<const block*>(counters))->__get_alloc()};
    }
#endif
    return {};
  }

  // A deque begins with its map and the place of its first element.
  template <class T, class Allocator>
  struct deque_members {
    using pointer_allocator = typename std::allocator_traits<Allocator>::template rebind_alloc<T*>;
    std::__split_buffer<T*, pointer_allocator> map;
    std::size_t start;
  };
  template <class T, class Allocator>
  static const auto& deque_inside(const std::deque<T, Allocator>& deque) noexcept {
    using members = deque_members<T, Allocator>;
    static_assert(sizeof(members) + sizeof(std::size_t) <= sizeof(deque) &&
                  alignof(members) == alignof(std::deque<T, Allocator>));
    return *reinterpret_cast<const members*>(std::addressof(deque));
  }
  template <class T>
  static constexpr std::size_t block_elements = sizeof(T) < 256 ? 4096 / sizeof(T) : 16;
  template <class T>
  static deque_layout deque_of(std::size_t blocks, std::size_t slots) noexcept {
    return {{block_elements<T> * sizeof(T), alignof(T)}, blocks, {slots * sizeof(T*), alignof(T*)}};
  }
};

using standard_library = libcxx;

template <class T, class Allocator>
inline constexpr bool is_shared_block<std::__shared_ptr_emplace<T, Allocator>> = true;

template <class Node, class Allocator, template <class, class> class Kind>
inline constexpr block_shape extracted_node<std::__basic_node_handle<Node, Allocator, Kind>> =
    shape_of<Node>;

}  // namespace nearmem

#endif  // _LIBCPP_VERSION
