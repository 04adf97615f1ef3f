#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

namespace nearmem {

// Which malloc is modelled where no resource says what a block costs.
//   bitcoin_core  Bitcoin Core's MallocUsage, bit for bit: never under glibc's chunk below the mmap
//                 threshold, 16 bytes over it for about half of all sizes
//   glibc_exact   the chunk that glibc (2.26 and later, 64 bits) really cuts
enum class malloc_model : std::uint8_t { bitcoin_core, glibc_exact };

// What Bitcoin Core's MallocUsage answers on a machine with pointers of `pointer_bytes`.
template <std::size_t pointer_bytes = sizeof(void*)>
constexpr std::size_t bitcoin_core_malloc_usage(std::size_t bytes) noexcept {
  static_assert(pointer_bytes == 8 || pointer_bytes == 4, "Core knows 4 and 8 byte pointers");
  if (bytes == 0) return 0;
  if constexpr (pointer_bytes == 8) {
    return ((bytes + 31) >> 4) << 4;
  } else {
    return ((bytes + 15) >> 3) << 3;
  }
}

// The sizes behind glibc_exact, from malloc.c: a chunk carries one size word and is a multiple of
// 16, at least 32; from 128 KiB on (the threshold's default, which glibc raises when such a block
// is freed) it is a mapping of its own with a second word, in whole pages.
inline constexpr std::size_t glibc_size_word_bytes = 8;
inline constexpr std::size_t glibc_chunk_step_bytes = 16;
inline constexpr std::size_t glibc_smallest_chunk_bytes = 32;
inline constexpr std::size_t glibc_mmap_threshold_bytes = 128 * 1024;
inline constexpr std::size_t glibc_page_bytes = 4096;

// The chunk, in bytes, that glibc cuts for a request of `bytes`; 0 for 0, as nobody asks for it.
constexpr std::size_t glibc_malloc_usage(std::size_t bytes) noexcept {
  if (bytes == 0) return 0;
  const std::size_t rounded = (bytes + glibc_size_word_bytes + glibc_chunk_step_bytes - 1) /
                              glibc_chunk_step_bytes * glibc_chunk_step_bytes;
  if (rounded < glibc_smallest_chunk_bytes) return glibc_smallest_chunk_bytes;
  if (rounded < glibc_mmap_threshold_bytes) return rounded;
  return (rounded + glibc_size_word_bytes + glibc_page_bytes - 1) / glibc_page_bytes *
         glibc_page_bytes;
}

// Heap that one malloc of `bytes` takes under a model, in bytes. More than half the address space,
// which no malloc grants, is the largest number there is, so that no budget admits it (Core's own
// formula wraps around at its end). O(1), any thread.
constexpr std::size_t malloc_usage(std::size_t bytes,
                                   malloc_model model = malloc_model::bitcoin_core) noexcept {
  if (bytes > std::numeric_limits<std::size_t>::max() / 2) {
    return std::numeric_limits<std::size_t>::max();
  }
  return model == malloc_model::glibc_exact ? glibc_malloc_usage(bytes)
                                            : bitcoin_core_malloc_usage(bytes);
}

}  // namespace nearmem
