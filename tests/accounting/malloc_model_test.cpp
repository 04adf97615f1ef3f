#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <malloc.h>
#include <unistd.h>

#include <nearmem/accounting/malloc_model.hpp>

#include "tests/accounting/foreign_malloc.hpp"

namespace nearmem {
namespace {

using golden = std::pair<std::size_t, std::size_t>;

TEST(malloc_usage, answers_as_bitcoin_core_does_on_64_bits) {
  for (const auto& [bytes, usage] :
       {golden{0, 0}, golden{1, 32}, golden{16, 32}, golden{17, 48}, golden{24, 48}, golden{32, 48},
        golden{33, 64}, golden{40, 64}, golden{48, 64}, golden{49, 80}, golden{104, 128},
        golden{4096, 4112}, golden{262144, 262160}}) {
    EXPECT_EQ(malloc_usage(bytes), usage) << bytes;
  }
}

TEST(malloc_usage, answers_as_bitcoin_core_does_on_32_bits) {
  for (const auto& [bytes, usage] :
       {golden{0, 0}, golden{1, 16}, golden{8, 16}, golden{9, 24}, golden{16, 24}}) {
    EXPECT_EQ(bitcoin_core_malloc_usage<4>(bytes), usage) << bytes;
  }
}

TEST(malloc_usage, is_sixteen_times_the_sixteens_begun_and_one_more) {
  for (std::size_t bytes = 1; bytes < 100'000; ++bytes) {
    ASSERT_EQ(malloc_usage(bytes), 16 * ((bytes + 15) / 16 + 1)) << bytes;
  }
}

TEST(malloc_usage, is_known_at_compile_time) {
  static_assert(malloc_usage(24) == 48);
  static_assert(malloc_usage(24, malloc_model::glibc_exact) == 32);
}

TEST(malloc_usage, of_what_no_malloc_grants_fits_no_budget) {
  constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
  for (const malloc_model model : {malloc_model::bitcoin_core, malloc_model::glibc_exact}) {
    for (const std::size_t bytes : {most, most - 1, most - 4096, most / 2 + 1}) {
      EXPECT_EQ(malloc_usage(bytes, model), most);
    }
    EXPECT_GT(malloc_usage(most / 2, model), most / 2);
    EXPECT_LT(malloc_usage(most / 2, model), most / 2 + 8192);
  }
}

TEST(malloc_usage, exceeds_the_chunk_of_glibc_for_504_of_the_first_1024_sizes) {
  int over = 0;
  for (std::size_t bytes = 1; bytes <= 1024; ++bytes) {
    const std::size_t core = malloc_usage(bytes);
    const std::size_t glibc = malloc_usage(bytes, malloc_model::glibc_exact);
    ASSERT_GE(core, glibc) << bytes;
    if (core > glibc) ++over;
  }
  EXPECT_EQ(over, 504);
}

#ifndef NEARMEM_FOREIGN_MALLOC
// Takes the free chunks that would serve before a mapping does.
struct exhausted_heap {
  explicit exhausted_heap(std::size_t bytes) {
    for (bool mapped = false; !mapped;) {
      const std::size_t mappings = mallinfo2().hblks;
      taken.push_back(std::malloc(bytes));
      mapped = mallinfo2().hblks > mappings;
    }
  }
  exhausted_heap(const exhausted_heap&) = delete;
  exhausted_heap& operator=(const exhausted_heap&) = delete;
  ~exhausted_heap() {
    for (void* block : taken)
      std::free(block);
  }

  std::vector<void*> taken;
};

// The chunk that malloc really cut: what may be used, and one word before it, or two for a mapping.
std::size_t real_chunk_bytes(std::size_t bytes) {
  const std::size_t mappings = mallinfo2().hblks;
  void* block = std::malloc(bytes);
  const std::size_t words = mallinfo2().hblks > mappings ? 2 : 1;
  const std::size_t chunk = malloc_usable_size(block) + words * sizeof(std::size_t);
  std::free(block);
  return chunk;
}
#endif

TEST(malloc_usage, of_glibc_is_what_malloc_usable_size_sees) {
#ifdef NEARMEM_FOREIGN_MALLOC
  GTEST_SKIP() << "the sanitizer's malloc is not glibc's";
#else
  if (sysconf(_SC_PAGESIZE) != static_cast<long>(glibc_page_bytes)) {
    GTEST_SKIP() << "the model knows pages of 4096 bytes";
  }
  // Setting the threshold stops glibc from moving it.
  ASSERT_EQ(mallopt(M_MMAP_THRESHOLD, static_cast<int>(glibc_mmap_threshold_bytes)), 1);
  for (std::size_t bytes = 1; bytes < 8192; ++bytes) {
    // A chunk found on a free list may be a remainder's 16 bytes larger: a fresh heap is not.
    const std::size_t chunk = real_chunk_bytes(bytes);
    const std::size_t model = malloc_usage(bytes, malloc_model::glibc_exact);
    ASSERT_TRUE(chunk == model || chunk == model + 16) << bytes << " took " << chunk;
  }
  const std::size_t largest_on_heap = glibc_mmap_threshold_bytes - 24;
  ASSERT_EQ(real_chunk_bytes(largest_on_heap),
            malloc_usage(largest_on_heap, malloc_model::glibc_exact));
  const exhausted_heap none_free(largest_on_heap + 1);
  for (std::size_t bytes :
       std::initializer_list<std::size_t>{largest_on_heap + 1, 131'056, 131'072, 200'000, 262'144,
                                          266'224, 266'225, 1'048'576, 10'000'001}) {
    ASSERT_EQ(real_chunk_bytes(bytes), malloc_usage(bytes, malloc_model::glibc_exact)) << bytes;
  }
#endif
}

TEST(malloc_usage, of_glibc_is_what_the_heap_grows_by_on_both_sides_of_the_threshold) {
#ifdef NEARMEM_FOREIGN_MALLOC
  GTEST_SKIP() << "the sanitizer's malloc is not glibc's";
#else
  if (sysconf(_SC_PAGESIZE) != static_cast<long>(glibc_page_bytes)) {
    GTEST_SKIP() << "the model knows pages of 4096 bytes";
  }
  ASSERT_EQ(mallopt(M_MMAP_THRESHOLD, static_cast<int>(glibc_mmap_threshold_bytes)), 1);
  const std::size_t largest_on_heap = glibc_mmap_threshold_bytes - 24;
  // From sizes on that malloc keeps no free list of its own for.
  for (std::size_t bytes : std::initializer_list<std::size_t>{
           2000, 4088, 4096, 4097, 65'536, 100'001, largest_on_heap, largest_on_heap + 1, 131'072,
           200'000, 262'120, 262'144, 1'048'576, 10'000'001}) {
    std::optional<exhausted_heap> none_free;
    if (bytes > largest_on_heap) none_free.emplace(bytes);
    const auto before = mallinfo2();
    void* block = std::malloc(bytes);
    const auto after = mallinfo2();
    ASSERT_GE(malloc_usable_size(block), bytes);  // or the compiler leaves both calls out
    std::free(block);
    const std::size_t grown = after.uordblks + after.hblkhd - before.uordblks - before.hblkhd;
    const std::size_t model = malloc_usage(bytes, malloc_model::glibc_exact);
    EXPECT_TRUE(grown == model || (bytes <= largest_on_heap && grown == model + 16))
        << bytes << " grew the heap by " << grown << " and not by " << model;
    EXPECT_EQ(after.hblks != before.hblks, bytes > largest_on_heap) << bytes;
  }
#endif
}

}  // namespace
}  // namespace nearmem
