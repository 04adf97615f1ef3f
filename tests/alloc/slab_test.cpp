#include <array>
#include <cstddef>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include <nearmem/alloc/slab.hpp>
#include <nearmem/alloc/slab_bin.hpp>

namespace nearmem {
namespace {

// A slab over memory that nobody touches.
struct a_slab {
  a_slab(std::uint32_t cell_bytes, std::uint32_t cells, std::size_t colour = 0,
         std::uint32_t first_out = 0)
      : memory(new std::byte[slab::descriptor_bytes(cells)]()),
        pages(resource_options{}),
        described(new(memory.get()) slab({reinterpret_cast<std::uintptr_t>(&bin)}, pages,
                                         {base, colour + std::size_t{cell_bytes} * cells}, colour,
                                         cell_bytes, cells, first_out)) {}

  static inline std::byte* const base = reinterpret_cast<std::byte*>(std::uintptr_t{1} << 40);
  std::unique_ptr<std::byte[]> memory;
  slab_bin bin;
  page_account pages;
  slab* described;
};

TEST(slab, is_born_with_every_cell_free) {
  for (const std::uint32_t cells : {1u, 8u, 63u, 64u, 65u, 585u, 4096u, 4097u, 131'072u}) {
    a_slab one(16, cells);
    EXPECT_EQ(one.described->free_cells(), cells);
    EXPECT_TRUE(one.described->audit()) << cells;
  }
}

TEST(slab, needs_little_for_its_descriptor) {
  EXPECT_LE(slab::descriptor_bytes(64), 128u);
  EXPECT_LE(slab::descriptor_bytes(1024), 256u);
}

TEST(slab, hands_out_the_lowest_cells_first_and_each_once) {
  a_slab one(48, 5000, 64);
  std::vector<void*> out(5000);
  std::uint32_t taken = 0;
  while (taken < 5000) {
    const std::uint32_t more = one.described->take(out.data() + taken, 37);
    ASSERT_GT(more, 0u);
    taken += more;
    ASSERT_TRUE(one.described->audit());
  }
  EXPECT_EQ(one.described->take(out.data(), 1), 0u);
  for (std::size_t i = 0; i < out.size(); ++i)
    ASSERT_EQ(out[i], a_slab::base + 64 + 48 * i);
}

TEST(slab, begins_with_the_cell_that_it_is_told_to) {
  for (const std::uint32_t first : {1u, 63u, 64u, 700u, 4095u, 4096u, 4999u}) {
    a_slab one(48, 5000, 0, first);
    std::vector<void*> out(5000);
    for (std::uint32_t taken = 0; taken < 5000; taken += 50) {
      ASSERT_EQ(one.described->take(out.data() + taken, 50), 50u);
      ASSERT_TRUE(one.described->audit());
    }
    for (std::size_t i = 0; i < out.size(); ++i)
      ASSERT_EQ(out[i], a_slab::base + 48 * ((first + i) % 5000));
    EXPECT_TRUE(one.described->set_free(3));
    EXPECT_EQ(one.described->take(out.data(), 2), 1u);
    EXPECT_EQ(out[0], a_slab::base + 48 * 3);
  }
}

TEST(slab, takes_a_cell_back_once) {
  a_slab one(112, 585);
  std::array<void*, 585> out{};
  one.described->take(out.data(), 585);
  EXPECT_TRUE(one.described->set_free(one.described->index_of(out[300])));
  EXPECT_FALSE(one.described->set_free(300));
  EXPECT_EQ(one.described->free_cells(), 1u);
  EXPECT_TRUE(one.described->is_free(300));
  EXPECT_TRUE(one.described->audit());
  void* again = nullptr;
  EXPECT_EQ(one.described->take(&again, 5), 1u);
  EXPECT_EQ(again, out[300]);
}

TEST(slab, finds_the_cell_of_every_address_for_every_size_of_cell) {
  for (std::uint32_t bytes = 1; bytes <= 32768; bytes = bytes < 300 ? bytes + 1 : bytes * 9 / 8) {
    const auto cells = static_cast<std::uint32_t>((std::size_t{2} << 20) / bytes);
    a_slab one(bytes, cells, 128);
    for (std::uint32_t i = 0; i < cells; i += 1 + cells / 500) {
      std::byte* cell = a_slab::base + 128 + std::size_t{i} * bytes;
      ASSERT_EQ(one.described->index_of(cell), i) << bytes;
      ASSERT_EQ(one.described->index_of(cell + bytes - 1), i) << bytes;
      ASSERT_EQ(one.described->cell_around(cell + bytes / 2), cell);
      ASSERT_TRUE(one.described->has_cell_at(cell));
      ASSERT_FALSE(bytes > 1 && one.described->has_cell_at(cell + 1));
    }
    ASSERT_FALSE(one.described->has_cell_at(a_slab::base));
    ASSERT_FALSE(one.described->has_cell_at(a_slab::base + 128 + std::size_t{cells} * bytes));
  }
}

TEST(slab_list, keeps_what_was_put_in_until_it_is_taken_out) {
  a_slab a(16, 8);
  a_slab b(16, 8);
  a_slab c(16, 8);
  slab_list list;
  EXPECT_EQ(list.front(), nullptr);
  list.insert(*a.described, 3);
  list.insert(*b.described, 3);
  list.insert(*c.described, 3);
  EXPECT_EQ(slab_list::number_of(*b.described), 3u);
  list.remove(*b.described);
  EXPECT_EQ(list.front(), c.described);
  EXPECT_EQ(slab_list::after(*c.described), a.described);
  EXPECT_EQ(slab_list::after(*a.described), nullptr);
  list.remove(*c.described);
  list.remove(*a.described);
  EXPECT_EQ(list.front(), nullptr);
}

}  // namespace
}  // namespace nearmem
