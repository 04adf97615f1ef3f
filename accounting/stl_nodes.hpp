#pragma once

#include <cstddef>
#include <type_traits>

namespace nearmem {

// Bitcoin Core's models of the standard library's nodes, under the seeds' names. dynamic_usage()
// reads the real ones; these serve Core's formulas, and types that imitate a node.

template <class X>
struct stl_tree_node {
  int color;
  void* parent;
  void* left;
  void* right;
  X x;
};

template <class X>
struct list_node {
  void* next;
  void* prev;
  X x;
};

// Without the hash code that libstdc++ keeps where hashing is slow or may throw.
template <class X>
struct unordered_node : private X {
  void* ptr;
};
template <class X>
  requires(!std::is_class_v<X> || std::is_final_v<X>)
struct unordered_node<X> {
  X x;
  void* ptr;
};

struct stl_shared_counter {
  void* class_type;
  std::size_t use_count;
  std::size_t weak_count;
};

}  // namespace nearmem
