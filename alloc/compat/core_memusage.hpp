#pragma once

#include <concepts>
#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include <nearmem/accounting/dynamic_usage_traits.hpp>
#include <nearmem/accounting/malloc_model.hpp>
#include <nearmem/accounting/stl_nodes.hpp>
#include <nearmem/alloc/compat/core_pool.hpp>

// Bitcoin Core's accounting, bit for bit, under Core's names: what its decisions to evict and to
// flush were made with. Core's errors are in it, too (see nearmem::dynamic_usage for real numbers):
// an empty unordered_map has a bucket on the heap, a make_shared is two blocks, vector<bool> is a
// byte an element, and a string's terminator costs nothing.
//
// Covered: what Core covers, and types that look like Core's own, whatever their names:
//   prevector    a class with allocated_memory()
//   indirectmap  a template of two types, with elements pair<const X* const, Y>
// Thread rule: as reading the object.
namespace memusage {

using nearmem::list_node;
using nearmem::stl_shared_counter;
using nearmem::stl_tree_node;
using nearmem::unordered_node;

// What malloc takes for a request of `bytes`.
constexpr std::size_t MallocUsage(std::size_t bytes) noexcept {
  return nearmem::bitcoin_core_malloc_usage(bytes);
}

// A class that says what it holds besides itself.
template <class T>
concept prevector_like = std::is_class_v<T> && requires(const T& x) {
  { x.allocated_memory() } -> std::convertible_to<std::size_t>;
};

template <class Map, class X, class Y>
concept indirectmap_like =
    std::same_as<typename Map::value_type, std::pair<const X* const, Y>> && requires(const Map& m) {
      { m.size() } -> std::convertible_to<std::size_t>;
    };

template <class Node>
inline constexpr std::size_t node_usage = MallocUsage(sizeof(Node));

inline constexpr auto bucket_usage = [](std::size_t buckets) {
  return MallocUsage(sizeof(void*) * buckets);
};

// Numbers, enumerations and pointers own nothing.
template <class X>
  requires(std::is_arithmetic_v<X> || std::is_enum_v<X> || std::is_pointer_v<X>)
constexpr std::size_t DynamicUsage(const X&) noexcept {
  return 0;
}

template <prevector_like V>
std::size_t DynamicUsage(const V& v) {
  return MallocUsage(static_cast<std::size_t>(v.allocated_memory()));
}

template <class X, class Allocator>
std::size_t DynamicUsage(const std::vector<X, Allocator>& v) noexcept {
  return MallocUsage(v.capacity() * sizeof(X));
}

inline std::size_t DynamicUsage(const std::string& s) noexcept {
  return nearmem::lies_inside_of(s, s.data()) ? 0 : MallocUsage(s.capacity());
}

template <class X, class Compare>
std::size_t DynamicUsage(const std::set<X, Compare>& s) noexcept {
  return node_usage<stl_tree_node<X>> * s.size();
}

template <class X, class Y, class Compare>
std::size_t DynamicUsage(const std::map<X, Y, Compare>& m) noexcept {
  return node_usage<stl_tree_node<std::pair<const X, Y>>> * m.size();
}

template <template <class, class> class Map, class X, class Y>
  requires indirectmap_like<Map<X, Y>, X, Y>
std::size_t DynamicUsage(const Map<X, Y>& m) {
  return node_usage<stl_tree_node<std::pair<const X*, Y>>> * m.size();
}

template <class X>
std::size_t DynamicUsage(const std::list<X>& l) noexcept {
  return node_usage<list_node<X>> * l.size();
}

template <class X>
std::size_t DynamicUsage(const std::unique_ptr<X>& p) noexcept {
  return p ? MallocUsage(sizeof(X)) : 0;
}

// Two blocks: the worst case.
template <class X>
std::size_t DynamicUsage(const std::shared_ptr<X>& p) noexcept {
  return p ? MallocUsage(sizeof(X)) + MallocUsage(sizeof(stl_shared_counter)) : 0;
}

template <class X, class Hash>
std::size_t DynamicUsage(const std::unordered_set<X, Hash>& s) noexcept {
  return node_usage<unordered_node<X>> * s.size() + bucket_usage(s.bucket_count());
}

template <class X, class Y, class Hash>
std::size_t DynamicUsage(const std::unordered_map<X, Y, Hash>& m) noexcept {
  return node_usage<unordered_node<std::pair<const X, Y>>> * m.size() +
         bucket_usage(m.bucket_count());
}

// All chunks of the pool that the map is on, and a record of three pointers for each.
template <class Key, class T, class Hash, class Equal, std::size_t MAX_BLOCK_SIZE_BYTES,
          std::size_t ALIGN_BYTES>
std::size_t DynamicUsage(
    const std::unordered_map<
        Key, T, Hash, Equal,
        PoolAllocator<std::pair<const Key, T>, MAX_BLOCK_SIZE_BYTES, ALIGN_BYTES>>& m) noexcept {
  const auto* pool = m.get_allocator().resource();
  const std::size_t chunk = MallocUsage(3 * sizeof(void*)) + MallocUsage(pool->ChunkSizeBytes());
  return chunk * pool->NumAllocatedChunks() + bucket_usage(m.bucket_count());
}

// What one more element will cost: one node.
template <class X, class Compare>
std::size_t IncrementalDynamicUsage(const std::set<X, Compare>&) noexcept {
  return node_usage<stl_tree_node<X>>;
}
template <class X, class Y, class Compare>
std::size_t IncrementalDynamicUsage(const std::map<X, Y, Compare>&) noexcept {
  return node_usage<stl_tree_node<std::pair<const X, Y>>>;
}
template <template <class, class> class Map, class X, class Y>
  requires indirectmap_like<Map<X, Y>, X, Y>
std::size_t IncrementalDynamicUsage(const Map<X, Y>&) {
  return node_usage<stl_tree_node<std::pair<const X*, Y>>>;
}

}  // namespace memusage
