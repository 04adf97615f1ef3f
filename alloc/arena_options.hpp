#pragma once

#include <cstddef>
#include <utility>

#include <nearmem/alloc/page_source.hpp>
#include <nearmem/alloc/resource_options.hpp>

namespace nearmem {

// How an arena is made; immutable afterwards. cell_alignment is the least alignment of what
// allocate_aligned() and arena_resource hand out.
struct arena_options : resource_options {
  // Bytes of blocks that reset() and rewind() keep for what comes next.
  std::size_t retained_bytes = page_source::chunk_bytes;
  // Bytes up to which blocks grow; a power of two from 4096 to a chunk.
  std::size_t largest_block_bytes = page_source::chunk_bytes;

  arena_options() = default;
  arena_options(resource_options options,  // NOLINT(google-explicit-constructor)
                std::size_t retained = page_source::chunk_bytes)
      : resource_options(std::move(options)), retained_bytes(retained) {}
};

}  // namespace nearmem
