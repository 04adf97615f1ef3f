#pragma once

#include <cstddef>

#include <nearmem/accounting/block_charge.hpp>

namespace nearmem {

// The words in which libstdcxx.hpp and libcxx.hpp tell what the standard library hides.

// A deque's blocks: `blocks` of them in use or spare, and the map that points to them.
//
//   map  [ · · ○ ○ ○ · · · ]
//              │ │ └─► block
struct deque_layout {
  block_shape block{};
  std::size_t blocks = 0;
  block_shape map{};

  friend bool operator==(const deque_layout&, const deque_layout&) = default;
};

// The node in a handle of this type, which extract() gave; zero bytes: not such a handle.
template <class Handle>
inline constexpr block_shape extracted_node{};

// One block with a shared object, its counters and its allocator; zero bytes: not recognised.
template <class Allocator>
struct shared_block {
  block_shape block{};
  const Allocator* allocator = nullptr;
};

// Whether allocate_shared makes blocks of this type: of the shape, with `allocator_in(control)`.
template <class Block>
inline constexpr bool is_shared_block = false;

}  // namespace nearmem
