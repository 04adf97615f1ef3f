#include <cstdint>
#include <set>

#include <gtest/gtest.h>

#include <nearmem/accounting/budget.hpp>
#include <nearmem/alloc/size_class.hpp>
#include <nearmem/alloc/slab_cutter.hpp>

#include "tests/alloc/simulated_machine.hpp"

namespace nearmem {
namespace {

TEST(slab_cutter, shapes_cells_by_their_class_and_by_what_is_asked) {
  EXPECT_EQ(shape_of_class(size_class::index(48), 0).bytes, 48u);
  EXPECT_EQ(shape_of_class(size_class::index(48), 0).alignment, 16u);
  EXPECT_EQ(shape_of_class(size_class::index(64), 0).alignment, 64u);
  EXPECT_EQ(shape_of_class(size_class::index(4096), 0).alignment, 64u);
  EXPECT_EQ(shape_of_class(size_class::index(48), 64).bytes, 64u);
  EXPECT_EQ(shape_of_class(size_class::index(100), 4096).bytes, 4096u);
  EXPECT_EQ(shape_of_class(size_class::index(100), 4096).alignment, 4096u);
}

struct a_slab_cutter : testing::Test {
  page_account make() {
    resource_options options;
    options.pages = &source;
    return page_account(options);
  }
  static void drop_all(page_account& pages, slab_list& made) {
    while (slab* const one = made.front()) {
      made.remove(*one);
      drop_slab(pages, *one);
    }
  }

  simulated_machine simulated;
  page_source source = simulated.make();
};

TEST_F(a_slab_cutter, lets_slabs_grow_with_demand) {
  const page_account pages = make();
  EXPECT_EQ(next_slab_bytes(pages, 64, 0), 4096u);
  EXPECT_EQ(next_slab_bytes(pages, 64, 128 << 10), 16'384u);
  EXPECT_EQ(next_slab_bytes(pages, 64, 128 << 20), 65'536u);
  EXPECT_EQ(next_slab_bytes(pages, 32'768, 0), 65'536u);
}

TEST_F(a_slab_cutter, begins_slabs_of_different_cells_at_different_lines) {
  page_account pages = make();
  page_grant why;
  std::set<std::uintptr_t> lines;
  slab_list made;
  for (std::uint32_t bytes = 64; bytes <= 2048; bytes += 64) {
    std::uint32_t slabs_cut = 0;
    slab* const one = cut_slab(pages, {}, {bytes, 64}, 65'536, slabs_cut, why);
    ASSERT_NE(one, nullptr);
    void* first = nullptr;
    ASSERT_EQ(one->take(&first, 1), 1u);
    lines.insert(reinterpret_cast<std::uintptr_t>(first) % 4096 / 64);
    EXPECT_TRUE(one->set_free(one->index_of(first)));
    made.insert(*one, 0);
  }
  EXPECT_GE(lines.size(), 16u);
  drop_all(pages, made);
}

TEST_F(a_slab_cutter, moves_equal_cells_of_many_slabs_to_many_lines) {
  page_account pages = make();
  page_grant why;
  std::uint32_t colour = 0;
  std::set<std::uintptr_t> offsets;
  slab_list made;
  for (int i = 0; i < 32; ++i) {
    slab* const one = cut_slab(pages, {}, {512, 64}, 65'536, colour, why);
    ASSERT_NE(one, nullptr);
    EXPECT_EQ(pages.source().owner_of(one->run().data + 65'535), static_cast<run_owner*>(one));
    offsets.insert(reinterpret_cast<std::uintptr_t>(one->first_cell()) % 4096);
    made.insert(*one, 0);
  }
  EXPECT_GE(offsets.size(), 8u);
  drop_all(pages, made);
  EXPECT_EQ(pages.footprint(), 0u);
}

TEST_F(a_slab_cutter, asks_for_no_more_than_a_quantum_where_fewer_cells_will_do) {
  const budget small("small", 1'000'000);
  ASSERT_EQ(small.quantum(), 12'288u);
  resource_options options;
  options.pages = &source;
  options.budget = const_cast<budget*>(&small);
  const page_account pages(options);
  EXPECT_EQ(next_slab_bytes(pages, 1024, 0), 8192u);
  EXPECT_EQ(next_slab_bytes(pages, 4608, 0), 12'288u);    // two cells
  EXPECT_EQ(next_slab_bytes(pages, 8192, 0), 8192u);      // one: a second would not fit
  EXPECT_EQ(next_slab_bytes(pages, 32'768, 0), 32'768u);  // one needs more than a quantum
  EXPECT_EQ(next_slab_bytes(pages, 64, 128 << 20), 8192u);
}

TEST_F(a_slab_cutter, says_what_a_slab_and_its_descriptor_need_where_they_are_refused) {
  budget tight("tight", 8191);
  resource_options options;
  options.pages = &source;
  options.budget = &tight;
  page_account pages(options);
  page_grant why;
  std::uint32_t slabs_cut = 0;
  EXPECT_EQ(cut_slab(pages, {}, {64, 64}, 65'536, slabs_cut, why), nullptr);
  EXPECT_EQ(why.refused.by, &tight);
  EXPECT_EQ(why.refused_bytes, 8192u);
  EXPECT_EQ(tight.used(), 0u);
}

TEST_F(a_slab_cutter, takes_a_small_slab_where_a_large_one_is_refused) {
  budget tight("tight", 40'960);
  resource_options options;
  options.pages = &source;
  options.budget = &tight;
  page_account pages(options);
  page_grant why;
  std::uint32_t colour = 0;
  slab* const one = cut_slab(pages, {}, {64, 64}, 65'536, colour, why);
  ASSERT_NE(one, nullptr);
  EXPECT_EQ(one->run().bytes, 32'768u);  // half as much, as 4096 go to the descriptor
  EXPECT_EQ(cut_slab(pages, {}, {32'768, 64}, 65'536, colour, why), nullptr);
  EXPECT_EQ(why.failure, page_failure::budget);
  drop_slab(pages, *one);
  EXPECT_EQ(pages.footprint(), 0u);
}

}  // namespace
}  // namespace nearmem
