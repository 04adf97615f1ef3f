#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/alloc/size_class.hpp>
#include <nearmem/alloc/slab_layout.hpp>

namespace nearmem {
namespace {

struct geometry {
  std::size_t line_bytes;
  std::size_t sets;
};

// First levels of 32 KiB in 8 ways, of 48 in 12, of 128 in 8 with long lines, of 64 in 4; second
// levels of 1 MiB in 16 ways and of 2 MiB in 8.
constexpr geometry geometries[] = {{64, 64}, {64, 256}, {128, 128}, {64, 1024}, {64, 4096}};

std::size_t set_of(std::uintptr_t address, const geometry& cache) {
  return address / cache.line_bytes % cache.sets;
}

// How many of the places that slabs begin with meet in the fullest set, over the number that must.
double crowding(std::size_t slab_bytes, std::size_t cell_bytes, const geometry& cache,
                std::uint32_t slabs) {
  std::vector<std::size_t> met(cache.sets);
  std::size_t most = 0;
  for (std::uint32_t number = 0; number < slabs; ++number) {
    const slab_layout layout =
        slab_layout::of(slab_bytes, cell_bytes, std::min<std::size_t>(cell_bytes & -cell_bytes, 64),
                        cache.line_bytes, number);
    const std::uintptr_t address =
        number * slab_bytes + layout.colour_bytes + std::size_t{layout.first_out} * cell_bytes;
    most = std::max(most, ++met[set_of(address, cache)]);
  }
  return static_cast<double>(most) / static_cast<double>((slabs + cache.sets - 1) / cache.sets);
}

TEST(slab_layout, spreads_what_slabs_begin_with_over_all_sets) {
  for (const geometry& cache : geometries) {
    double sum = 0;
    std::size_t classes = 0;
    for (std::size_t i = 0; size_class::cell_bytes(i) <= 2048; ++i, ++classes) {
      const double crowd = crowding(65536, size_class::cell_bytes(i), cache, 512);
      EXPECT_LE(crowd, 10) << size_class::cell_bytes(i) << " bytes, " << cache.sets << " sets";
      sum += crowd;
    }
    EXPECT_LE(sum / static_cast<double>(classes), 4) << cache.sets << " sets";
  }
}

// 4,096 bytes hold four beginnings of 1,024: with no room to move in, four places are all there
// are.
TEST(slab_layout, spreads_small_slabs_as_far_as_their_cells_let_it) {
  for (std::size_t i = 0; size_class::cell_bytes(i) <= 2048; ++i) {
    const std::size_t bytes = size_class::cell_bytes(i);
    const std::size_t slab_bytes = std::max<std::size_t>(4096, std::bit_ceil(8 * bytes));
    const double places = static_cast<double>(std::min<std::size_t>(
        64, std::max<std::size_t>(slab_bytes % bytes / 64 + 1, 4096 / (bytes & (~bytes + 1)))));
    EXPECT_LE(crowding(slab_bytes, bytes, {64, 64}, 512), 4 * 64 / places) << bytes;
  }
}

TEST(slab_layout, keeps_cells_in_the_run_and_aligned) {
  for (const std::size_t line : {std::size_t{64}, std::size_t{128}}) {
    for (std::size_t cell_bytes = 16; cell_bytes <= 65536; cell_bytes += 16) {
      const std::size_t alignment = std::min<std::size_t>(cell_bytes & (~cell_bytes + 1), 4096);
      for (std::size_t run = 4096; run <= 131072; run *= 2) {
        if (run < cell_bytes) continue;
        for (std::uint32_t number = 0; number < 40; ++number) {
          const slab_layout layout = slab_layout::of(run, cell_bytes, alignment, line, number);
          ASSERT_GE(layout.cells, 1u);
          ASSERT_LT(layout.first_out, layout.cells);
          ASSERT_EQ(layout.colour_bytes % alignment, 0u);
          ASSERT_LE(layout.colour_bytes + layout.cells * cell_bytes, run);
          ASSERT_LT(run - layout.cells * cell_bytes, 2 * cell_bytes);
        }
      }
    }
  }
}

// Of power-of-two classes, whose cells fill a slab to the last byte.
TEST(slab_layout, gives_a_cell_away_only_where_it_is_one_of_many) {
  EXPECT_EQ(slab_layout::of(65536, 64, 64, 64, 0).cells, 1024u);
  EXPECT_EQ(slab_layout::of(65536, 1024, 64, 64, 0).cells, 63u);
  EXPECT_EQ(slab_layout::of(65536, 4096, 64, 64, 0).cells, 16u);
  EXPECT_EQ(slab_layout::of(8192, 1024, 64, 64, 0).cells, 8u);
}

}  // namespace
}  // namespace nearmem
