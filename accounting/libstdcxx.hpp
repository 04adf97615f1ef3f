#pragma once

#include <version>

// Empty with any other standard library.
#ifdef __GLIBCXX__

#if !_GLIBCXX_USE_CXX11_ABI
#error "nearmem knows libstdc++'s C++11 ABI only: strings of the one before are shared"
#endif

#include <algorithm>
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

// The way into a hash table: std::_Hash_merge_helper is a friend of every unordered container.
struct hash_table_key;

}  // namespace nearmem

template <class Container>
class std::_Hash_merge_helper<nearmem::hash_table_key, Container, void> {
 public:
  static const auto& table(const Container& container) noexcept { return container._M_h; }
};

namespace nearmem {

// What libstdc++ (GCC 12 and later, the C++11 ABI) hides. The tests hold every line of it to what a
// recording allocator sees, so that it cannot drift from the library in use.
struct libstdcxx {
  // Nodes.
  template <class V>
  static constexpr block_shape list_node = shape_of<std::_List_node<V>>;
  template <class V>
  static constexpr block_shape forward_list_node = shape_of<std::_Fwd_list_node<V>>;
  template <class V>
  static constexpr block_shape tree_node = shape_of<std::_Rb_tree_node<V>>;
  // With the hash code in it, unless hashing is fast and cannot throw.
  template <class Key, class V, class Hash>
  static constexpr block_shape hash_node =
      shape_of<std::__detail::_Hash_node<V, std::__cache_default<Key, Hash>::value>>;

  // Hash tables. One bucket lies inside the container.
  template <class Table>
  static constexpr block_shape buckets(const Table&, std::size_t count) noexcept {
    if (count == 1) return {};
    return {count * sizeof(std::__detail::_Hash_node_base*),
            alignof(std::__detail::_Hash_node_base*)};
  }
  // Buckets after the insertion of one new key. The policy remembers at how many elements it will
  // rehash next, which bucket_count() and max_load_factor() do not tell.
  template <class Table>
  static std::size_t buckets_after_insertion(const Table& container) noexcept {
    auto policy =
        std::_Hash_merge_helper<hash_table_key, Table, void>::table(container).__rehash_policy();
    const auto [rehashes, count] =
        policy._M_need_rehash(container.bucket_count(), container.size(), 1);
    return rehashes ? count : container.bucket_count();
  }

  // Vectors double.
  template <class Vector>
  static std::size_t capacity_after_push_back(const Vector& vector) noexcept {
    const std::size_t size = vector.size();
    if (size < vector.capacity()) return vector.capacity();
    const std::size_t doubled = size + std::max<std::size_t>(size, 1);
    return doubled < size || doubled > vector.max_size() ? vector.max_size() : doubled;
  }
  static constexpr block_shape bits(std::size_t capacity) noexcept {
    return {capacity / 8, alignof(std::_Bit_type)};
  }
  template <class Allocator>
  static std::size_t capacity_after_push_back(const std::vector<bool, Allocator>& vector) noexcept {
    const std::size_t size = vector.size();
    if (size < vector.capacity()) return vector.capacity();
    const std::size_t doubled = std::min(size + std::max<std::size_t>(size, 1), vector.max_size());
    return (doubled + std::_S_word_bit - 1) / std::_S_word_bit * std::_S_word_bit;
  }

  // Strings double; a terminator comes on top of the capacity.
  template <class String>
  static std::size_t capacity_after_push_back_of_string(const String& string) noexcept {
    const std::size_t capacity = string.capacity();
    if (string.size() < capacity) return capacity;
    return std::min(std::max(capacity + 1, 2 * capacity), string.max_size());
  }

  // Deques hold no spare blocks, and at least one.
  template <class T, class Allocator>
  static deque_layout deque(const std::deque<T, Allocator>& deque) noexcept {
    const auto& ends = deque_ends<T, Allocator>(deque);
    return deque_of<T>(static_cast<std::size_t>(ends._M_finish._M_node - ends._M_start._M_node) + 1,
                       ends._M_map_size);
  }
  template <class T, class Allocator>
  static deque_layout deque_after_push_back(const std::deque<T, Allocator>& deque) noexcept {
    const auto& ends = deque_ends<T, Allocator>(deque);
    const auto blocks =
        static_cast<std::size_t>(ends._M_finish._M_node - ends._M_start._M_node) + 1;
    if (ends._M_finish._M_cur != ends._M_finish._M_last - 1) {
      return deque_of<T>(blocks, ends._M_map_size);
    }
    const std::size_t slots = ends._M_map_size;
    const auto last = static_cast<std::size_t>(ends._M_finish._M_node - ends._M_map);
    const bool slot_left = last + 1 < slots;
    const bool shifts = slots > 2 * (blocks + 1);
    return deque_of<T>(blocks + 1, slot_left || shifts ? slots : 2 * slots + 2);
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
  // What is in front of a T that make_shared or allocate_shared put beside its counters. The
  // allocator, unless it is empty, lies between the two.
  template <class T, class Allocator>
  static shared_block<Allocator> shared_block_with(const void* control) noexcept {
    using block = std::_Sp_counted_ptr_inplace<T, Allocator, std::__default_lock_policy>;
    using constant = std::_Sp_counted_ptr_inplace<const T, Allocator, std::__default_lock_policy>;
    static_assert(sizeof(block) == sizeof(constant) && alignof(block) == alignof(constant));
    if (!is_a<block>(control) && !is_a<constant>(control)) return {};
    return {shape_of<block>, allocator_in<block, Allocator>(control)};
  }
  // The type of the block that a control block is, or nullptr without run-time types.
  static const std::type_info* type_of_block([[maybe_unused]] const void* control) noexcept {
#if defined(__cpp_rtti)
    return &typeid(*static_cast<const shared_counters*>(control));
#else
    return nullptr;
#endif
  }
  // The allocator in a block of allocate_shared. Requires is_shared_block<Block> and one that is
  // not empty.
  template <class Block>
  static const auto& allocator_in_block(const void* control) noexcept {
    return *allocator_in<Block, typename shared_block_types<Block>::allocator>(control);
  }

  // Counters of their own, for a T that new made and delete takes.
  template <class T>
  static constexpr block_shape counters_beside =
      shape_of<std::_Sp_counted_ptr<T*, std::__default_lock_policy>>;

 private:
  template <class Block>
  struct shared_block_types;
  template <class T, class Allocator, std::_Lock_policy policy>
  struct shared_block_types<std::_Sp_counted_ptr_inplace<T, Allocator, policy>> {
    using allocator = Allocator;
  };

  using shared_counters = std::_Sp_counted_base<std::__default_lock_policy>;

  template <class Block>
  static bool is_a([[maybe_unused]] const void* control) noexcept {
#if defined(__cpp_rtti)
    return typeid(*static_cast<const shared_counters*>(control)) == typeid(Block);
#else
    return false;
#endif
  }
  template <class Block, class Allocator>
  static const Allocator* allocator_in(const void* control) noexcept {
    constexpr std::size_t offset =
        (sizeof(shared_counters) + alignof(Block) - 1) / alignof(Block) * alignof(Block);
    return reinterpret_cast<const Allocator*>(static_cast<const std::byte*>(control) + offset);
  }

  template <class T>
  static deque_layout deque_of(std::size_t blocks, std::size_t slots) noexcept {
    return {{std::__deque_buf_size(sizeof(T)) * sizeof(T), alignof(T)},
            blocks,
            {slots * sizeof(T*), alignof(T*)}};
  }
  // A deque begins with its base, whose ends are protected: a pointer to member, named in a derived
  // class, reaches them.
  template <class T, class Allocator>
  static const auto& deque_ends(const std::deque<T, Allocator>& deque) noexcept {
    using base = std::_Deque_base<T, Allocator>;
    struct opened : base {
      static const auto& ends(const base& of) noexcept { return of.*(&opened::_M_impl); }
    };
    static_assert(sizeof(base) == sizeof(deque));
    return opened::ends(reinterpret_cast<const base&>(deque));
  }
};

using standard_library = libstdcxx;

template <class T, class Allocator, std::_Lock_policy policy>
inline constexpr bool is_shared_block<std::_Sp_counted_ptr_inplace<T, Allocator, policy>> = true;

template <class Key, class V, class NodeAllocator>
inline constexpr block_shape extracted_node<std::_Node_handle<Key, V, NodeAllocator>> =
    shape_of<typename std::allocator_traits<NodeAllocator>::value_type>;

}  // namespace nearmem

#endif  // __GLIBCXX__
